import { describe, expect, it } from 'vitest';
import { loadPacks, type Pack } from '../../../../mock-server/index.ts';
import { findIn, needsAnotherRun } from '../../case-report.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { backsOffAfterRateLimit } from './backs-off-after-rate-limit.ts';

const pack = loadPacks().find(({ name }) => name === 'runway') as Pack;
const operation = pack.operations.find(({ type }) => type === 'submit') as Pack['operations'][number];
const code = pack.errors.codeOf('rateLimited') ?? '';

/** Returns the n-th wait, from 0, in milliseconds. @param previous the wait before it */
type Policy = (n: number, chance: () => number, previous: number) => number;

const SECOND = 1000;
const LEGITIMATE: Readonly<Record<string, Policy>> = {
  'doubles its waits': (n) => 2 ** n * SECOND,
  'adds 25% of jitter, as generated SDKs do': (n, chance) => 500 * 2 ** n * (1 - chance() / 4),
  'has equal jitter': (n, chance) => 2 ** n * SECOND * (0.5 + chance() / 2),
  'has full jitter': (n, chance) => 2 * 2 ** n * SECOND * chance(),
  'has decorrelated jitter': (n, chance, previous) =>
    n === 0 ? SECOND * (1 + 2 * chance()) : SECOND + chance() * (3 * previous - SECOND),
};
const WRONG: Readonly<Record<string, Policy>> = {
  'waits equally long each time': () => 5 * SECOND,
  'waits equally long, with 10% of jitter': (_n, chance) => 5 * SECOND * (0.9 + chance() / 5),
  'waits less each time': (n) => (8 * SECOND) / (n + 1),
  'doubles waits of a few milliseconds': (n) => 2 ** n,
  'does not wait': (_n, chance) => 100 * chance(),
};

/** Returns the evidence of one run in which every attempt is rate-limited. */
function runOf(policy: Policy, chance: () => number, attempts: number): Evidence {
  let atMs = 0;
  let previous = 0;
  const calls = Array.from({ length: attempts }, (_, index): ApiCall => {
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
  return { pack, calls, tasks: [], attempts: [], downloads: [], run: { exitCode: 1 } } as never;
}

function verdictOf(policy: Policy, seed: number, attempts: number): string {
  const chance = createChance(seed);
  const runs = [runOf(policy, chance, attempts)];
  while (needsAnotherRun(backsOffAfterRateLimit, runs)) runs.push(runOf(policy, chance, attempts));
  return findIn(backsOffAfterRateLimit, runs).verdict.status;
}

/** Returns a generator that produces the same numbers for the same seed. */
function createChance(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

const SEEDS = 500;

function share(policy: Policy, status: string, attempts: number): number {
  const verdicts = Array.from({ length: SEEDS }, (_, seed) => verdictOf(policy, seed, attempts));
  return verdicts.filter((one) => one === status).length / SEEDS;
}

describe('CLI-CRE-09', () => {
  it.each(Object.entries(LEGITIMATE))('passes a client that %s', (_name, policy) => {
    expect(share(policy, 'failed', 5)).toBe(0);
    expect(share(policy, 'passed', 5)).toBeGreaterThan(0.99);
    // Two waits show less than four.
    expect(share(policy, 'failed', 3)).toBeLessThanOrEqual(0.004);
  });

  it.each(Object.entries(WRONG))('fails a client that %s', (_name, policy) => {
    expect(share(policy, 'failed', 5)).toBe(1);
    expect(share(policy, 'failed', 3)).toBe(1);
  });
});
