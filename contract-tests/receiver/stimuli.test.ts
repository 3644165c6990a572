import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET } from '../../fixtures/receivers/bad/wild-defects.ts';
import { openReceiver, type ScriptedReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMessageValidator, loadPacks } from '../../mock-server/index.ts';
import { RECEIVER_CASES } from './cases.ts';
import { type Court, openCourt } from './court.ts';

/** Cases that send on purpose what no page describes, about which events, and why they may. */
const DELIBERATE: Readonly<Record<string, { readonly events: RegExp; readonly why: string }>> = {
  'RCV-ENV-03': {
    events: /^luma\./,
    why: 'an empty list beside the shape of a failure: a receiver ignores keys that it does not know',
  },
  'RCV-ENV-05': {
    events: /^(runway|luma)\./,
    why: 'the data object is missing: answering 4xx is right as well',
  },
  'RCV-ENV-08': { events: /./, why: 'no callbacks: broken JSON, plain text, GET' },
  'RCV-FAIL-04': {
    events: /^(runway|luma)\./,
    why: 'a code of the table that the callback page does not list',
  },
};

const EVENTS = loadPacks().flatMap((pack) => [...pack.events.values()].map((event) => ({ pack, event })));

describe.each(EVENTS)('what the cases send about $event.name', ({ pack, event }) => {
  const validator = createMessageValidator(pack);
  let receiver: ScriptedReceiver;
  let court: Court;
  beforeAll(async () => {
    receiver = await openReceiver(200);
    const asked = { event: event.name, secret: SECRET, ackTimeout: '2s', settle: '20ms' };
    court = await openCourt({ url: receiver.url, ...asked });
  });
  afterAll(async () => {
    await court.close();
    receiver.close();
  });

  /** What the vendor's page has against each body that a case sends. */
  async function complaints(id: string): Promise<string[]> {
    const before = receiver.posts.length;
    const [one] = RECEIVER_CASES.filter((candidate) => candidate.id === id);
    if (one !== undefined) await court.judge(one);
    return receiver.posts.slice(before).flatMap(({ body }) => {
      const problems = isJson(body) ? (validator.callback(event, JSON.parse(body)) ?? []) : [NOT_JSON];
      return problems.map(({ at, message }) => `${at} ${message}`);
    });
  }

  it.each(RECEIVER_CASES.map(({ id }) => id))(
    '%s sends what the page describes, except on purpose',
    async (id) => {
      const found = await complaints(id);
      if (DELIBERATE[id]?.events.test(event.name) === true) expect(found).not.toEqual([]);
      else expect(found).toEqual([]);
    },
  );
});

const NOT_JSON = { at: '', message: 'this is not JSON' };

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
