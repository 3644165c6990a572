import { describe, expect, it } from 'vitest';
import { sampleRules, sampleScenario } from '../core/testing/sample-plan.ts';
import type { Signal } from '../core/types.ts';
import { samplePack } from '../delivery/testing/sample-tasks.ts';
import { refuseWithoutEffect } from './refuse-without-effect.ts';

const { operation, event } = samplePack();
const SENT: readonly Signal[] = [{ name: 'any', retried: true }];

/** Refuses a scenario of an operation whose tasks announce these states. */
function refuse(name: string, states: readonly string[] = ['done', 'broken']): void {
  refuseWithoutEffect(
    sampleScenario({ name }),
    { ...operation, kind: { ...operation.kind, ...sampleRules() } },
    { ...event, signals: new Map(states.map((state) => [state, SENT])) },
  );
}

const withoutEffect = (part: string) =>
  expect.objectContaining({
    code: 'NO_CALLBACK',
    message: `the scenario "${part}" has no effect on callbacks`,
  });

describe('a scenario for a triggered task', () => {
  it.each(['success', 'fail.nsfw', 'callback.duplicate', 'media.503', 'fail.nsfw + callback.late'])(
    'is accepted when it changes callbacks: %s',
    (name) => {
      expect(() => refuse(name)).not.toThrow();
    },
  );

  it.each([
    ['submit.429', 'submit.429'],
    ['poll.503*2', 'poll.503*2'],
    ['fail.nsfw + poll.reset', 'poll.reset'],
    ['callback.late+submit.slow+poll.reset', 'submit.slow'],
  ])('is refused with the first part that only clients see: %s', (name, part) => {
    expect(() => refuse(name)).toThrow(withoutEffect(part));
  });

  it.each(['state.unknown', 'state.back-and-forth'])(
    'may change the states when those in between are announced: %s',
    (name) => {
      expect(() => refuse(name, ['working', 'done'])).not.toThrow();
      expect(() => refuse(name, ['done', 'broken'])).toThrow(withoutEffect(name));
    },
  );

  it('is refused when it makes states longer, because those of a triggered task have no duration', () => {
    expect(() => refuse('state.long', ['working', 'done'])).toThrow(withoutEffect('state.long'));
  });
});
