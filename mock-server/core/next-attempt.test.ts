import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { nextAttempt } from './next-attempt.ts';
import { samplePolicy } from './testing/sample-policy.ts';
import type { Attempt, AttemptOutcome, DeliveryPolicy } from './types.ts';

const FAILED: readonly AttemptOutcome[] = [
  'rejected',
  'timeout',
  'refused',
  'reset',
  'dns',
  'tls',
  'redirect',
];
const OUTCOMES: readonly AttemptOutcome[] = [...FAILED, 'acknowledged', 'blocked', 'interrupted'];

const RUNWAY = samplePolicy({ ackStatus: '200', retries: 3, gapsMs: [30_000, 60_000, 120_000] });

const somePolicy: fc.Arbitrary<DeliveryPolicy> = fc
  .record({
    ackStatus: fc.constantFrom('200', '2xx'),
    retries: fc.nat(6),
    gapsMs: fc.array(fc.nat(200_000), { minLength: 1, maxLength: 4 }),
  })
  .map(samplePolicy);

function attempt(n: number, at: number, outcome: AttemptOutcome): Attempt {
  return {
    n,
    at,
    wallAt: at,
    outcome,
    status: null,
    firstByteMs: null,
    durationMs: 5,
    answer: '',
    detail: null,
  };
}

interface Run {
  readonly attempts: readonly Attempt[];
  readonly status: string;
}

/** Makes attempts with the given outcomes, one after the other, until the delivery is settled. */
function run(policy: DeliveryPolicy, dueAt: number, outcomes: readonly AttemptOutcome[]): Run {
  const attempts: Attempt[] = [];
  for (const outcome of outcomes) {
    const next = nextAttempt(policy, dueAt, attempts);
    if (next.type === 'settled') return { attempts, status: next.status };
    attempts.push(attempt(attempts.length + 1, next.at, outcome));
  }
  const last = nextAttempt(policy, dueAt, attempts);
  return { attempts, status: last.type === 'settled' ? last.status : 'pending' };
}

const someRun = fc.tuple(
  somePolicy,
  fc.nat(1_000_000),
  fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 12 }),
);

const counted = ({ attempts }: Run): Attempt[] => attempts.filter(({ outcome }) => outcome !== 'interrupted');

describe('nextAttempt', () => {
  it('makes the first attempt when the delivery is due', () => {
    expect(nextAttempt(RUNWAY, 5000, [])).toStrictEqual({ type: 'due', at: 5000 });
  });

  it('settles the delivery after an acknowledgement', () => {
    fc.assert(
      fc.property(someRun, (given) => {
        const { attempts, status } = run(...given);
        const acknowledged = attempts.findIndex(({ outcome }) => outcome === 'acknowledged');
        if (acknowledged >= 0) {
          expect(attempts).toHaveLength(acknowledged + 1);
          expect(status).toBe('acknowledged');
        } else {
          expect(status).not.toBe('acknowledged');
        }
      }),
    );
  });

  it('never makes more than the first attempt and its retries', () => {
    fc.assert(
      fc.property(someRun, (given) => {
        expect(counted(run(...given)).length).toBeLessThanOrEqual(1 + given[0].retries);
      }),
    );
  });

  it('makes exactly the first attempt and its retries when all fail, then abandons the delivery', () => {
    const failures = fc.array(fc.constantFrom(...FAILED), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(somePolicy, fc.nat(), failures, (policy, dueAt, outcomes) => {
        const { attempts, status } = run(policy, dueAt, outcomes);
        expect(attempts).toHaveLength(1 + policy.retries);
        expect(status).toBe('abandoned');
      }),
    );
  });

  it('does not count an interrupted attempt, and repeats it at its original time', () => {
    fc.assert(
      fc.property(someRun, (given) => {
        const [policy, dueAt, outcomes] = given;
        const whole = run(...given);
        whole.attempts.forEach(({ outcome, at }, index) => {
          const next = whole.attempts[index + 1];
          if (outcome === 'interrupted' && next !== undefined) expect(next.at).toBe(at);
        });
        const without = run(
          policy,
          dueAt,
          outcomes.filter((outcome) => outcome !== 'interrupted'),
        );
        expect(counted(whole).map(({ at, outcome }) => [at, outcome])).toStrictEqual(
          without.attempts.map(({ at, outcome }) => [at, outcome]),
        );
      }),
    );
  });

  it('waits the given gaps from start to start and repeats the last gap', () => {
    fc.assert(
      fc.property(somePolicy, fc.nat(1_000_000), (policy, dueAt) => {
        const { attempts } = run(policy, dueAt, Array<AttemptOutcome>(8).fill('timeout'));
        const gaps = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? Number.NaN));
        const last = policy.gapsMs.at(-1);
        expect(gaps).toStrictEqual(
          Array.from({ length: policy.retries }, (_, index) => policy.gapsMs[index] ?? last),
        );
      }),
    );
  });

  it.each(FAILED)('retries after an attempt that ended as %s', (outcome) => {
    expect(nextAttempt(RUNWAY, 0, [attempt(1, 700, outcome)])).toStrictEqual({ type: 'due', at: 30_700 });
  });

  it('abandons the delivery after an attempt that the egress guard blocked', () => {
    fc.assert(
      fc.property(somePolicy, (policy) => {
        expect(nextAttempt(policy, 0, [attempt(1, 0, 'blocked')])).toStrictEqual({
          type: 'settled',
          status: 'abandoned',
        });
      }),
    );
  });

  it('follows the schedule that the vendor documents: four attempts in total', () => {
    const { attempts, status } = run(RUNWAY, 1000, Array<AttemptOutcome>(9).fill('rejected'));
    expect(attempts.map(({ at }) => at)).toStrictEqual([1000, 31_000, 91_000, 211_000]);
    expect(status).toBe('abandoned');
  });

  it('abandons the delivery after one failed attempt if no retries are allowed', () => {
    const policy = { ...RUNWAY, retries: 0 };
    expect(nextAttempt(policy, 0, [attempt(1, 0, 'reset')])).toStrictEqual({
      type: 'settled',
      status: 'abandoned',
    });
  });

  it('retries immediately if the policy has no gaps', () => {
    const policy = { ...RUNWAY, gapsMs: [] };
    expect(nextAttempt(policy, 0, [attempt(1, 40, 'reset')])).toStrictEqual({ type: 'due', at: 40 });
  });
});

describe('the statuses that end retries', () => {
  const policy = samplePolicy({ retries: 3, endsRetries: '4xx' });
  const rejected = (status: number): Attempt => ({ ...attempt(1, 0, 'rejected'), status });

  it('abandon a delivery after the first answer with one of them', () => {
    expect(nextAttempt(policy, 0, [rejected(410)])).toEqual({ type: 'settled', status: 'abandoned' });
    expect(nextAttempt(policy, 0, [rejected(500)])).toEqual({ type: 'due', at: 30 });
  });

  it('do not apply to an answer that did not arrive in time', () => {
    const late: Attempt = { ...attempt(1, 0, 'timeout'), status: 404 };
    expect(nextAttempt(policy, 0, [late]).type).toBe('due');
  });
});

describe('the jitter of gaps', () => {
  const policy = samplePolicy({ retries: 9, gapsMs: [100_000], gapJitter: 0.1 });
  const gap = (seed: string, made = 1): number => {
    const next = nextAttempt(policy, 0, [attempt(made, 0, 'timeout')], made, seed);
    return next.type === 'due' ? next.at : -1;
  };

  it('stays within its share, and uses both directions', () => {
    const gaps = Array.from({ length: 200 }, (_none, n) => gap(`task ${n}`));
    expect(gaps.filter((one) => one < 90_000 || one > 110_000)).toEqual([]);
    expect(Math.min(...gaps)).toBeLessThan(93_000);
    expect(Math.max(...gaps)).toBeGreaterThan(107_000);
  });

  it('is the same for the same seed, and differs between the retries of a delivery', () => {
    expect(gap('a')).toBe(gap('a'));
    expect(new Set([1, 2, 3].map((made) => gap('a', made))).size).toBe(3);
  });
});
