import { survived } from '../../answer-verdicts.ts';
import type { JsonValue } from '../../callback-shape.ts';
import { replaceAt } from '../../callback-shape.ts';
import { type MediaFinding, ofMedia } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const doesNotFetchInternalUrls: ReceiverCase = {
  id: 'RCV-SEC-03',
  group: 'Security',
  title: 'Media URLs that point to internal hosts are not fetched',
  level: 'should',
  requirement:
    'The receiver SHOULD NOT fetch a media URL whose host is the local machine or in a private network.',
  why: 'A receiver that fetches any URL gives an attacker access to internal pages and metadata services (SSRF).',
  remedy:
    'Keep a list of allowed media hosts, or reject loopback, private and link-local addresses when connecting: an address that was checked earlier can change before the download starts. Do not follow redirects without the same check.',
  basis: [{ derived: 'CWE-918, Server-Side Request Forgery (SSRF).' }],
  applies: ({ shape }) => (shape.media.length > 0 ? null : 'this event has no success with media'),
  async run(context) {
    const canary = await context.canary();
    const task = await context.task();
    const body = context.shape.media.reduce<JsonValue>(
      (changed, place) => replaceAt(changed, [place], `${canary.origin}/internal.mp4`),
      task.body,
    );
    const attempt = await context.send(task.with(body));
    const expected = 'no request to the internal host';
    const look = (): MediaFinding => ({
      isRight: canary.hits() === 0,
      isFinal: true,
      actual: `${canary.hits() === 1 ? '1 request' : `${canary.hits()} requests`} to the internal host`,
    });
    const effect = await ofMedia(context, expected, look);
    const next = await context.send(await context.task());
    return {
      stimulus: 'a success whose media URLs point to "localhost", which is not the host of the mock',
      ack: survived(context.subject, 'a callback with internal URLs', attempt, next),
      effect,
    };
  },
};
