import { describe, expect, it } from 'vitest';
import { createMockServer, loadPacks } from '../../mock-server/index.ts';
import { createMessageValidator, stagingOf } from '../../mock-server/internal.ts';
import { requestProblems } from '../payload/judge-payload.ts';
import type { JsonValue } from './callback-shape.ts';
import { wildJson } from './wild-json.ts';
import { echoes, wildRequest } from './wild-request.ts';
import { inAscii, wildText } from './wild-text.ts';

const EVENTS = loadPacks().flatMap((pack) => [...pack.events.values()].map((event) => ({ pack, event })));

describe('a wild text', () => {
  const text = wildText(20_000);

  it('has the requested size', () => {
    expect(Buffer.byteLength(text)).toBeGreaterThan(19_990);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
  });

  const kinds: Readonly<Record<string, RegExp>> = {
    'characters above U+FFFF': /[\u{10000}-\u{10ffff}]/u,
    quotes: /"/,
    backslashes: /\\/,
    'right-to-left text': /\p{Script=Hebrew}.*\p{Script=Arabic}/u,
    'line separators': /\u2028.*\u2029/s,
    'combining characters': /\p{M}/u,
    'control characters': /(?!\s)\p{Cc}/u,
  };
  it.each(Object.entries(kinds))('contains %s in a short text', (_name, kind) => {
    expect(wildText(700)).toMatch(kind);
  });

  it('does not contain NUL or lone surrogates, and survives UTF-8', () => {
    expect(text).not.toContain('\u0000');
    expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
  });

  it('has an equal JSON form in ASCII', () => {
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

  it('parses to the same value', () => {
    expect(JSON.parse(text)).toEqual(body);
  });

  it('contains escapes, raw non-ASCII text, and numbers in every form', () => {
    for (const part of ['\\/', '\\u00e9', '\u{1f3ac}', '1e2', '1.0', '3e1', '0.5', '\t', '\r\n']) {
      expect(text).toContain(part);
    }
  });

  it('does not change numbers outside the given object', () => {
    expect(text).toMatch(/"count" :\t100\b/);
  });

  it.each([undefined, 1, 2, '\t'])(
    'changes when it is parsed and serialized again with indent %j',
    (indent) => {
      const again = JSON.stringify(JSON.parse(text), null, indent);
      const flat = (json: string): string => json.replaceAll(/\s/g, '');
      expect(again).not.toBe(text);
      // The difference is not only whitespace.
      expect(flat(again)).not.toBe(flat(text));
    },
  );
});

describe.each(EVENTS)('a wild request for $event.name', ({ pack, event }) => {
  const wild = wildRequest({ pack, event });

  it('is accepted, and its callbacks match the OpenAPI document', async () => {
    const mock = createMockServer({ publicUrl: 'http://127.0.0.1:9', clock: 'virtual' });
    const staged = await stagingOf(mock).stage(event.name, {
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
    const sender = pack.operations.find((one) => one.type === 'submit' && one.event?.name === event.name);
    if (wild === null || sender?.type !== 'submit')
      return expect(sender).toMatchObject({ promptPointer: null });
    const longer = (sender.promptPointer ?? '')
      .slice(1)
      .split('/')
      .reduceRight<object | string>((inner, key) => ({ [key]: inner }), `${wild.prompt}x`);
    const refused = requestProblems(pack, sender.id, longer as object).map(({ at }) => at);
    expect(size > 19_990 || refused.includes(sender.promptPointer ?? '')).toBe(true);
  });
});

it('only some events echo the prompt', async () => {
  const echoing = await Promise.all(
    EVENTS.map(async ({ pack, event }) => {
      const wild = wildRequest({ pack, event });
      const mock = createMockServer({ publicUrl: 'http://127.0.0.1:9', clock: 'virtual' });
      const { body } = await stagingOf(mock).stage(event.name, {
        to: 'http://127.0.0.1:9/',
        ...(wild === null ? {} : { request: wild.patch }),
      });
      await mock.close();
      return [event.name, wild !== null && echoes(JSON.parse(body) as JsonValue, wild.prompt)];
    }),
  );
  expect(Object.fromEntries(echoing)).toEqual({
    'aleph.generate': false,
    'cometapi.generate': true,
    'dream-machine.generation': true,
    'fal.request': false,
    'flux-kontext.generate': false,
    'gpt4o-image.generate': false,
    'luma.modify': true,
    'market.task': true,
    'replicate.prediction': true,
    'runway.generate': false,
    'runway.extend': false,
    'suno.music': true,
    'suno.extension': true,
    'suno.cover': true,
    'suno.instrumental': false,
    'suno.vocals': true,
    'suno.mashup': true,
    'suno.upload-extension': true,
    'suno.sounds': true,
    'suno.separation': false,
    'suno.replacement': true,
    'suno.midi': false,
    'suno.cover-image': false,
    'suno.lyrics': false,
    'suno.wav': false,
    'suno.video': false,
    'veo.4k': false,
    'veo.generate': true,
    'veo.extend': true,
  });
});
