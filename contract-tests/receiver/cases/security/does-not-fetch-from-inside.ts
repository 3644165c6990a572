import type { JsonValue } from '../../anatomy.ts';
import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { type MediaFinding, ofMedia, survived } from '../../verdicts.ts';

export const doesNotFetchFromInside: ReceiverCase = {
  id: 'RCV-SEC-03',
  group: 'Security',
  title: 'Media URLs do not lead the receiver into its own network',
  level: 'should',
  requirement: "A media URL whose host is this machine or the network's own is not fetched.",
  why: 'A receiver that fetches any URL reads internal pages and metadata services for whoever asks (SSRF).',
  remedy:
    'Keep a list of the hosts that media may come from, or refuse loopback, private and link-local addresses at the moment of connecting: an address checked before can be another one when the download begins. Do not follow redirects unchecked.',
  basis: ['signature'],
  applies: ({ anatomy }) => (anatomy.media.length > 0 ? null : 'a success of this event has no media'),
  async run(stage) {
    const canary = await stage.canary();
    const task = await stage.task();
    const body = stage.anatomy.media.reduce<JsonValue>(
      (changed, place) => replaceAt(changed, [place], `${canary.origin}/internal.mp4`),
      task.body,
    );
    const passage = await stage.send(task.with(body));
    const expected = 'no request to the internal host';
    const look = (): MediaFinding => ({
      isRight: canary.hits() === 0,
      isFinal: true,
      actual: `${canary.hits()} requests to it`,
    });
    const effect = await ofMedia(stage, expected, look);
    const next = await stage.send(await stage.task());
    return {
      stimulus: 'a success whose media are on "localhost", which is not the mock\'s host',
      ack: survived(stage.subject, 'a callback with internal URLs', passage, next),
      effect,
    };
  },
};
