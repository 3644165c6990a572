import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsFor } from '../../fixtures/full.ts';
import { SECRET } from '../../fixtures/receivers/bad/wild-defects.ts';
import { openReceiver, type ScriptedReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { loadPacks } from '../../mock-server/index.ts';
import { createMessageValidator } from '../../mock-server/internal.ts';
import { RECEIVER_CASES } from './cases.ts';
import { readReceiverSettings } from './receiver-settings.ts';
import { openSession, type Session } from './session.ts';

/** Cases that deliberately send undocumented requests, with the affected events and the reason. */
const DELIBERATE: Readonly<Record<string, { readonly events: RegExp; readonly why: string }>> = {
  'RCV-ENV-03': {
    events: /^luma\./,
    why: 'an empty list in addition to the fields of a failure: a receiver ignores unknown keys',
  },
  'RCV-ENV-04': {
    events: /^suno\.(?!wav|video|cover-image|midi)/,
    why: 'the fields of a success are empty in a failure, although this one has null in place of their list',
  },
  'RCV-ENV-05': {
    events: /^(runway|luma|veo|market|suno|flux-kontext|gpt4o-image)\./,
    why: 'the data object is missing; a 4xx answer is also correct',
  },
  'RCV-ENV-08': { events: /./, why: 'requests that are not callbacks: invalid JSON, plain text, GET' },
  'RCV-FAIL-04': {
    events: /^(runway|luma|veo|suno|aleph|flux-kontext|gpt4o-image)\.(?!cover-image)/,
    why: 'a documented error code that the callback page does not list',
  },
};

const EVENTS = loadPacks().flatMap((pack, turn) =>
  rowsFor(
    pack.name,
    turn,
    [...pack.events.values()].map((event) => ({ pack, event })),
  ),
);

describe.each(EVENTS)('requests of the cases for $event.name', ({ pack, event }) => {
  const validator = createMessageValidator(pack);
  let receiver: ScriptedReceiver;
  let session: Session;
  beforeAll(async () => {
    receiver = await openReceiver(200);
    const asked = { event: event.name, secret: SECRET, ackTimeout: '2s', settle: '20ms' };
    session = await openSession(readReceiverSettings({ url: receiver.url, ...asked }));
  });
  afterAll(async () => {
    await session.close();
    receiver.close();
  });

  /** Returns the schema violations in the bodies that a case sends. */
  async function violations(id: string): Promise<string[]> {
    const before = receiver.posts.length;
    const [one] = RECEIVER_CASES.filter((candidate) => candidate.id === id);
    if (one !== undefined) await session.judge(one);
    return receiver.posts.slice(before).flatMap(({ body }) => {
      const problems = isJson(body) ? (validator.callback(event, JSON.parse(body)) ?? []) : [NOT_JSON];
      return problems.map(({ at, message }) => `${at} ${message}`);
    });
  }

  it.each(RECEIVER_CASES.map(({ id }) => id))(
    '%s sends documented bodies unless it deviates deliberately',
    async (id) => {
      const found = await violations(id);
      if (DELIBERATE[id]?.events.test(event.name) === true) expect(found).not.toEqual([]);
      else expect(found).toEqual([]);
    },
  );
});

const NOT_JSON = { at: '', message: 'the body is not JSON' };

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
