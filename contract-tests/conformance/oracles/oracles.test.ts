import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fc } from '../../../fixtures/properties.ts';
import { JUDGED_MESSAGES, type JudgedMessage } from './judged-messages.ts';
import type { OpenApiDocument, Oracle, Violation } from './oracle.ts';
import { ORACLES_UNDER_TEST } from './oracles-under-test.ts';

const RUNWAY: OpenApiDocument = parse(
  readFileSync(new URL('../../../spec/runway/openapi.yaml', import.meta.url), 'utf8'),
);

const GOOD = JUDGED_MESSAGES.filter(({ verdict }) => verdict === 'good');
const BAD = JUDGED_MESSAGES.filter(({ verdict }) => verdict === 'bad');

function judge(oracle: Oracle, message: JudgedMessage): Promise<readonly Violation[]> {
  if ('request' in message) return oracle.judgeRequest(message.request);
  if ('response' in message) return oracle.judgeResponse(message.response);
  return oracle.judgeCallback(message.callback);
}

async function judgedPlaces(oracle: Oracle, message: JudgedMessage): Promise<readonly string[]> {
  return (await judge(oracle, message)).map(({ at }) => at.toLowerCase());
}

describe.each(ORACLES_UNDER_TEST)('$name on the Runway document', ({ name, create }) => {
  const open = create(RUNWAY);
  const closed = create(RUNWAY, { closed: true });

  test.each(GOOD)('passes $title', async (message) => {
    expect(await judge(open, message)).toEqual([]);
    expect(await judge(closed, message)).toEqual([]);
  });

  test.each(BAD)('judges $title', async (message) => {
    const { closedOnly = false, at = '', onlyBy } = message;
    const refused = [expect.stringContaining(at.toLowerCase())];
    const verdict = onlyBy && !onlyBy.oracles.includes(name) ? [] : expect.arrayContaining(refused);
    expect(await judgedPlaces(closed, message)).toEqual(verdict);
    expect(await judgedPlaces(open, message)).toEqual(closedOnly ? [] : verdict);
  });
});

describe('the oracles together', () => {
  const open = ORACLES_UNDER_TEST.map(({ create }) => create(RUNWAY));
  const closed = ORACLES_UNDER_TEST.map(({ create }) => create(RUNWAY, { closed: true }));
  const refusedBy = (oracles: readonly Oracle[], message: JudgedMessage): Promise<readonly boolean[]> =>
    Promise.all(oracles.map(async (oracle) => (await judge(oracle, message)).length > 0));

  test('agree on any corrupted body, and reject when closed everything that they reject when open', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...GOOD),
        fc.array(spoiling(), { maxLength: 3 }),
        async (message, by) => {
          const corrupted = withBody(message, (body) => by.reduce(corrupt, body));
          const [whenOpen, ...othersOpen] = await refusedBy(open, corrupted);
          const [whenClosed, ...othersClosed] = await refusedBy(closed, corrupted);
          expect(othersOpen).toEqual([whenOpen, whenOpen]);
          expect(othersClosed).toEqual([whenClosed, whenClosed]);
          expect(whenClosed || !whenOpen).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

interface Spoiling {
  /** Index of the place in the body, modulo their number. */
  readonly place: number;
  /** The replacement; undefined removes the value. */
  readonly value?: unknown;
}

function spoiling(): fc.Arbitrary<Spoiling> {
  const value = fc.oneof(
    fc.constantFrom(null, '', 0, 1, 5, 10, 200, 400, true, [], {}),
    fc.constantFrom('success', 'fail', 'wait', '720p', '1080p', 'https://files.example/2.mp4', 'no uri'),
    fc.jsonValue({ maxDepth: 1 }),
  );
  return fc.record({ place: fc.nat(), value }, { requiredKeys: ['place'] });
}

function withBody(message: JudgedMessage, change: (body: unknown) => unknown): JudgedMessage {
  if ('request' in message) {
    const { requestBody, ...request } = message.request;
    return requestBody === undefined
      ? message
      : { ...message, request: { ...request, requestBody: change(requestBody) } };
  }
  if ('response' in message) {
    return {
      ...message,
      response: { ...message.response, responseBody: change(message.response.responseBody) },
    };
  }
  return { ...message, callback: { ...message.callback, body: change(message.callback.body) } };
}

function corrupt(body: unknown, { place, ...rest }: Spoiling): unknown {
  const copy = structuredClone(body);
  const places = placesIn(copy);
  const chosen = places[place % places.length];
  if (!chosen) return copy;
  if ('value' in rest) Reflect.set(chosen.holder, chosen.key, rest.value);
  else Reflect.deleteProperty(chosen.holder, chosen.key);
  return copy;
}

/** Returns every key in every object of the body, and one new key in each. */
function placesIn(value: unknown): readonly { holder: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [] : [...Object.keys(value), 'unlisted'];
  const own = keys.map((key) => ({ holder: value, key }));
  return [...own, ...Object.values(value).flatMap(placesIn)];
}
