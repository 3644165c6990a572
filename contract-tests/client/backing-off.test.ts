import { describe, expect, it } from 'vitest';
import { loadPacks, type Pack } from '../../mock-server/index.ts';
import { findIn, needsAnotherRun } from './case-report.ts';
import { backsOffAfterRateLimit } from './cases/creation/backs-off-after-rate-limit.ts';
import type { ApiCall, Evidence } from './evidence.ts';

const pack = loadPacks().find(({ name }) => name === 'runway') as Pack;
const operation = pack.operations.find(({ type }) => type === 'submit') as Pack['operations'][number];
const code = pack.errors.codeOf('rateLimited') ?? '';

/** The n-th wait, from 0, in milliseconds. @param previous the wait before it */
type Policy = (n: number, chance: () => number, previous: number) => number;

const SECOND = 1000;
const LEGITIMATE: Readonly<Record<string, Policy>> = {
  'doubles its waits': (n) => 2 ** n * SECOND,
  'adds a quarter of chance, as generated SDKs do': (n, chance) => 500 * 2 ** n * (1 - chance() / 4),
  'has equal jitter': (n, chance) => 2 ** n * SECOND * (0.5 + chance() / 2),
  'has full jitter': (n, chance) => 2 * 2 ** n * SECOND * chance(),
  'has decorrelated jitter': (n, chance, previous) =>
    n === 0 ? SECOND * (1 + 2 * chance()) : SECOND + chance() * (3 * previous - SECOND),
};
const WRONG: Readonly<Record<string, Policy>> = {
  'waits the same each time': () => 5 * SECOND,
  'waits the same, give or take a tenth': (_n, chance) => 5 * SECOND * (0.9 + chance() / 5),
  'waits less each time': (n) => (8 * SECOND) / (n + 1),
  'grows from next to nothing': (n) => 2 ** n,
  'does not wait': (_n, chance) => 100 * chance(),
};

/** One round: refused four times, and tried once more after each. */
function round(policy: Policy, chance: () => number, tries: number): Evidence {
  let atMs = 0;
  let previous = 0;
  const calls = Array.from({ length: tries }, (_, index): ApiCall => {
    if (index > 0) {
      previous = policy(index - 1, chance, previous);
      atMs += previous;
    }
    const entry = { does: 'submit', error: code, retryAfter: null, headers: {}, requestBody: '{}' };
    return {
      seq: index + 1,
      atMs,
      entry,
      operation,
      body: { prompt: 'A cat' },
      answer: null,
      askedId: null,
    } as never;
  });
  return { pack, calls, tasks: [], tries: [], downloads: [], run: { exitCode: 1 } } as never;
}

function verdictOf(policy: Policy, seed: number, tries: number): string {
  const chance = createChance(seed);
  const runs = [round(policy, chance, tries)];
  while (needsAnotherRun(backsOffAfterRateLimit, runs)) runs.push(round(policy, chance, tries));
  return findIn(backsOffAfterRateLimit, runs).verdict.status;
}

/** The same numbers each time. */
function createChance(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

const ROUNDS = 500;

function share(policy: Policy, status: string, tries: number): number {
  const verdicts = Array.from({ length: ROUNDS }, (_, seed) => verdictOf(policy, seed, tries));
  return verdicts.filter((one) => one === status).length / ROUNDS;
}

describe('CLI-CRE-09', () => {
  it.each(Object.entries(LEGITIMATE))('does not accuse a client that %s', (_name, policy) => {
    expect(share(policy, 'failed', 5)).toBe(0);
    expect(share(policy, 'passed', 5)).toBeGreaterThan(0.99);
    // Two waits tell less than four.
    expect(share(policy, 'failed', 3)).toBeLessThanOrEqual(0.004);
  });

  it.each(Object.entries(WRONG))('finds a client that %s', (_name, policy) => {
    expect(share(policy, 'failed', 5)).toBe(1);
    expect(share(policy, 'failed', 3)).toBe(1);
  });
});
