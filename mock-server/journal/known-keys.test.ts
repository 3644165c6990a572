import { expect, it } from 'vitest';
import { createKnownKeys } from './known-keys.ts';
import { KEY_MARK, REDACTED } from './marks.ts';

function keysOf(isVocabulary: (text: string) => boolean = () => false) {
  let changes = 0;
  const keys = createKnownKeys({
    configured: [{ key: 'configured-key-1', mark: '[mine]' }],
    isVocabulary,
    onChange: () => {
      changes += 1;
    },
  });
  return { keys, changes: () => changes };
}

it('replaces the keys of Authorization headers, and reports each new one once', () => {
  const { keys, changes } = keysOf();
  const before = changes();
  for (let n = 0; n < 3; n++) keys.learnFrom('Bearer sk-7f3a9c51e2');
  expect(changes()).toBe(before + 1);
  expect(keys.replace('a sk-7f3a9c51e2 b configured-key-1')).toBe(`a ${KEY_MARK} b [mine]`);
  expect([keys.markOf('sk-7f3a9c51e2'), keys.markOf('other')]).toEqual([KEY_MARK, undefined]);
});

it('masks short keys and unknown values only in key fields', () => {
  const { keys } = keysOf();
  keys.learn('test');
  expect(keys.replace('a test')).toBe('a test');
  expect(keys.markFor('token', 'test')).toBe(KEY_MARK);
  expect(keys.markFor('token', 'Bearer test')).toBe(`Bearer ${KEY_MARK}`);
  expect(keys.markFor('api_key', 'anything')).toBe(REDACTED);
  expect(keys.markFor('token', KEY_MARK)).toBeNull();
});

it('does not replace a word of a vendor in text', () => {
  const { keys } = keysOf((text) => text === 'gen4_turbo_model_9');
  keys.learn('gen4_turbo_model_9');
  expect(keys.replace('gen4_turbo_model_9')).toBe('gen4_turbo_model_9');
});

it('forgets all but the configured keys when there are too many', () => {
  const { keys } = keysOf();
  for (let n = 0; n < 2100; n++) keys.learn(`sk-${n}-7f3a9c51e2`);
  expect([keys.markOf('sk-0-7f3a9c51e2'), keys.markOf('sk-2099-7f3a9c51e2')]).toEqual([undefined, KEY_MARK]);
  expect(keys.markOf('configured-key-1')).toBe('[mine]');
});
