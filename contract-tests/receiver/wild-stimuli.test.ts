import { describe, expect, it } from 'vitest';
import { createMessageValidator, createMockServer, loadPacks } from '../../mock-server/index.ts';
import type { JsonValue } from './anatomy.ts';
import { wildJson } from './wild-json.ts';
import { echoes, wildRequest } from './wild-request.ts';
import { inAscii, wildText } from './wild-text.ts';

const EVENTS = loadPacks().flatMap((pack) => [...pack.events.values()].map((event) => ({ pack, event })));

describe('a wild text', () => {
  const text = wildText(20_000);

  it('has the size that was asked for', () => {
    expect(Buffer.byteLength(text)).toBeGreaterThan(19_990);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
  });

  const kinds: Readonly<Record<string, RegExp>> = {
    'characters beyond the first 65536': /[\u{10000}-\u{10ffff}]/u,
    quotes: /"/,
    'back slashes': /\\/,
    'writing from right to left': /\p{Script=Hebrew}.*\p{Script=Arabic}/u,
    'line separators': /\u2028.*\u2029/s,
    'combining characters': /\p{M}/u,
    'control characters': /(?!\s)\p{Cc}/u,
  };
  it.each(Object.entries(kinds))('has %s, however short it is', (_name, kind) => {
    expect(wildText(700)).toMatch(kind);
  });

  it('has no NUL and no half of a pair, and survives UTF-8', () => {
    expect(text).not.toContain('\u0000');
    expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
  });

  it('is the same JSON in ASCII alone', () => {
    const ascii = inAscii(JSON.stringify({ text }));
    expect(ascii).toMatch(/^[\u0020-\u007e]*$/);
    expect(JSON.parse(ascii)).toEqual({ text });
  });
});

describe('wild JSON', () => {
  const body: JsonValue = {
    url: 'https://a/b',
    note: 'é\u{1f3ac}ü',
    count: 100,
    input: { '10': 100, '9': 1, half: 0.5, list: [1, 30, null, true, {}, []] },
  };
  const text = wildJson(body, ['input']);

  it('says the same', () => {
    expect(JSON.parse(text)).toEqual(body);
  });

  it('has escapes, raw text beyond ASCII, and numbers of every form', () => {
    for (const part of ['\\/', '\\u00e9', '\u{1f3ac}', '1e2', '1.0', '3e1', '0.5', '\t', '\r\n']) {
      expect(text).toContain(part);
    }
  });

  it('leaves numbers alone where programs may expect whole ones', () => {
    expect(text).toMatch(/"count" :\t100\b/);
  });

  it.each([undefined, 1, 2, '\t'])(
    'does not survive being parsed and written again, indented by %j',
    (indent) => {
      const again = JSON.stringify(JSON.parse(text), null, indent);
      const flat = (json: string): string => json.replaceAll(/\s/g, '');
      expect(again).not.toBe(text);
      // Not for its spaces alone.
      expect(flat(again)).not.toBe(flat(text));
    },
  );
});

describe.each(EVENTS)('a wild request for $event.name', ({ pack, event }) => {
  const wild = wildRequest({ pack, event });

  it('is accepted, and its callbacks are what the document describes', async () => {
    const mock = createMockServer({ publicUrl: 'http://127.0.0.1:9', clock: 'virtual' });
    const staged = await mock.tasks.stage(event.name, {
      to: 'http://127.0.0.1:9/',
      ...(wild === null ? {} : { request: wild.patch }),
    });
    await mock.close();
    const validator = createMessageValidator(pack);
    for (const { body } of staged.callbacks) {
      expect(validator.callback(event, JSON.parse(body))).toEqual([]);
      expect(validator.callback(event, JSON.parse(wildJson(JSON.parse(body))))).toEqual([]);
      expect(JSON.parse(inAscii(body))).toEqual(JSON.parse(body));
    }
  });

  it('is as long as the vendor allows, up to 20 kB', () => {
    const size = Buffer.byteLength(wild?.prompt ?? '');
    const points = [...(wild?.prompt ?? '')].length;
    const { promptLength } = pack.clients;
    expect(size > 19_990 || points >= (promptLength ?? 1800)).toBe(true);
  });
});

it('some events echo the prompt, and others do not', async () => {
  const echoing = await Promise.all(
    EVENTS.map(async ({ pack, event }) => {
      const wild = wildRequest({ pack, event });
      const mock = createMockServer({ publicUrl: 'http://127.0.0.1:9', clock: 'virtual' });
      const { body } = await mock.tasks.stage(event.name, {
        to: 'http://127.0.0.1:9/',
        ...(wild === null ? {} : { request: wild.patch }),
      });
      await mock.close();
      return [event.name, wild !== null && echoes(JSON.parse(body) as JsonValue, wild.prompt)];
    }),
  );
  expect(Object.fromEntries(echoing)).toEqual({
    'cometapi.generate': true,
    'dream-machine.generation': true,
    'luma.modify': true,
    'replicate.prediction': true,
    'runway.generate': false,
    'runway.extend': false,
  });
});
