import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { samplePlan } from './testing/sample-plan.ts';
import type { Outcome, Plan, PollFault } from './types.ts';
import { faultOfPoll, isExpired, isVisible, stepsReached, viewState, viewTask } from './view.ts';

const SUCCESS: Outcome = { type: 'success' };
const FAILURE: Outcome = { type: 'failure', slug: 'nsfw' };

const somePlan: fc.Arbitrary<Plan> = fc
  .record({
    submittedAt: fc.nat(4_000_000_000_000),
    gaps: fc.array(fc.nat(60_000), { minLength: 1, maxLength: 6 }),
    outcome: fc.constantFrom(SUCCESS, FAILURE),
    lifeMs: fc.nat(100_000),
  })
  .map(({ submittedAt, gaps, outcome, lifeMs }) => {
    let at = submittedAt;
    const times = [at, ...gaps.map((gap) => (at += gap))];
    const mediaExpiresAt = outcome.type === 'success' ? at + lifeMs : null;
    return samplePlan(times, { outcome, mediaExpiresAt });
  });

/** Moments before, during and after a plan, including the edges of its steps. */
const planAndMoments = somePlan.chain((plan) => {
  const edges = [...plan.steps.map(({ at }) => at), plan.mediaExpiresAt ?? plan.submittedAt];
  const moment = fc.oneof(
    fc.constantFrom(...edges).chain((at) => fc.integer({ min: at - 1, max: at + 1 })),
    fc.integer({ min: plan.submittedAt - 10, max: Math.max(...edges) + 10 }),
  );
  return fc.tuple(fc.constant(plan), moment, moment);
});

const numberOf = (state: string): number => Number(state.slice(1));

describe('a view', () => {
  it('never returns to a previous step', () => {
    fc.assert(
      fc.property(planAndMoments, ([plan, one, other]) => {
        const before = viewTask(plan, Math.min(one, other));
        const after = viewTask(plan, Math.max(one, other));
        expect(numberOf(after.state)).toBeGreaterThanOrEqual(numberOf(before.state));
        expect(after.progress).toBeGreaterThanOrEqual(before.progress);
        if (before.outcome !== null) expect(after).toStrictEqual({ ...before, expired: after.expired });
        if (before.expired) expect(after.expired).toBe(true);
        if (before.startedAt !== null) expect(after.startedAt).toBe(before.startedAt);
      }),
    );
  });

  it('shows the last step that has begun', () => {
    fc.assert(
      fc.property(planAndMoments, ([plan, now]) => {
        const begun = plan.steps.filter(({ at }) => at <= now).at(-1) ?? plan.steps[0];
        expect(viewTask(plan, now).state).toBe(begun?.state);
      }),
    );
  });

  it('has the outcome and the end time only after the end', () => {
    fc.assert(
      fc.property(planAndMoments, ([plan, now]) => {
        const endedAt = plan.steps.at(-1)?.at ?? Number.NaN;
        const { outcome, finishedAt } = viewTask(plan, now);
        expect({ outcome, finishedAt }).toStrictEqual(
          now >= endedAt
            ? { outcome: plan.outcome, finishedAt: endedAt }
            : { outcome: null, finishedAt: null },
        );
      }),
    );
  });

  it('is expired only after a success and only when the media has expired', () => {
    fc.assert(
      fc.property(planAndMoments, ([plan, now]) => {
        const expired = plan.mediaExpiresAt !== null && now >= plan.mediaExpiresAt;
        expect(viewTask(plan, now).expired).toBe(expired);
        expect(isExpired(plan, now)).toBe(expired);
        if (expired) expect(viewTask(plan, now).outcome).toStrictEqual(SUCCESS);
      }),
    );
  });

  it('shows progress between 0 and 1, and exactly 1 when the task has ended', () => {
    fc.assert(
      fc.property(planAndMoments, ([plan, now]) => {
        const { progress, finishedAt } = viewTask(plan, now);
        expect(progress).toBeGreaterThanOrEqual(0);
        expect(progress).toBeLessThanOrEqual(1);
        expect(progress === 1).toBe(finishedAt !== null);
      }),
    );
  });

  it('measures progress as the elapsed share of the total time', () => {
    const plan = samplePlan([1000, 1500, 5000]);
    expect([0, 1000, 2000, 3000, 4999, 5000].map((now) => viewTask(plan, now).progress)).toStrictEqual([
      0, 0, 0.25, 0.5, 0.99975, 1,
    ]);
  });

  it('is finished immediately if all steps start at the same moment', () => {
    const plan = samplePlan([1000, 1000, 1000]);
    expect(viewTask(plan, 1000)).toMatchObject({ state: 's2', finishedAt: 1000, progress: 1 });
    expect(viewTask(plan, 999)).toMatchObject({ state: 's0', finishedAt: null, progress: 0 });
  });
});

describe('a task whose callback was abandoned', () => {
  const plan = samplePlan([1000, 1500, 5000], { abandonedState: 'unheard', mediaExpiresAt: 9000 });

  it('is in its abandoned state after a success and is otherwise unchanged', () => {
    expect([1000, 4999].map((now) => viewTask(plan, now, true).state)).toStrictEqual(['s0', 's1']);
    expect(viewTask(plan, 5000, true)).toStrictEqual({ ...viewTask(plan, 5000), state: 'unheard' });
    expect(viewTask(plan, 9000, true)).toStrictEqual({ ...viewTask(plan, 9000), state: 'unheard' });
  });

  it('stays failed if it has failed', () => {
    const failed = { ...plan, outcome: FAILURE, mediaExpiresAt: null };
    expect(viewTask(failed, 5000, true)).toStrictEqual(viewTask(failed, 5000));
  });

  it('is unchanged if its pack does not define an abandoned state', () => {
    expect(viewTask({ ...plan, abandonedState: null }, 5000, true).state).toBe('s2');
  });
});

describe('the view of one state', () => {
  const plan = samplePlan([1000, 1500, 5000], { mediaExpiresAt: 9000 });

  it('is the current view while the task is in that state', () => {
    fc.assert(
      fc.property(planAndMoments, ([some, now]) => {
        const view = viewTask(some, now);
        expect(viewState(some, view.state, now)).toStrictEqual(view);
      }),
    );
  });

  it('is the view at the start of the state after the task has left it', () => {
    expect(viewState(plan, 's0', 9500)).toStrictEqual(viewTask(plan, 1000));
    expect(viewState(plan, 's1', 9500)).toStrictEqual(viewTask(plan, 1500));
  });

  it('shows each state of a task that passes all states at the same moment', () => {
    const instant = samplePlan([1000, 1000, 1000]);
    expect(['s0', 's1', 's2'].map((state) => viewState(instant, state, 1000))).toStrictEqual([
      { state: 's0', outcome: null, startedAt: null, finishedAt: null, expired: false, progress: 0 },
      { state: 's1', outcome: null, startedAt: 1000, finishedAt: null, expired: false, progress: 0 },
      { state: 's2', outcome: SUCCESS, startedAt: 1000, finishedAt: 1000, expired: false, progress: 1 },
    ]);
  });

  it('is the current view for a state that the task never enters', () => {
    expect(viewState(plan, 'elsewhere', 2000)).toStrictEqual(viewTask(plan, 2000));
  });
});

describe('the start time of a task', () => {
  it('is when it left its first state, and null before', () => {
    const plan = samplePlan([1000, 1500, 5000]);
    expect([1000, 1499, 1500, 9000].map((now) => viewTask(plan, now).startedAt)).toStrictEqual([
      null,
      null,
      1500,
      1500,
    ]);
  });
});

describe('stepsReached', () => {
  it('is at least 1, even before the submission', () => {
    expect([0, 999, 1000, 1499, 1500, 4999, 5000, 9e15].map((now) => stepsReached(samplePlan([1000, 1500, 5000]), now)))
      // biome-ignore format: one number under the other
      .toStrictEqual([1, 1, 1, 1, 2, 2, 3, 3]);
  });
});

describe('a task', () => {
  it('is visible from visibleAt', () => {
    const plan = samplePlan([1000, 5000], { visibleAt: 1200 });
    expect([1000, 1199, 1200, 9000].map((now) => isVisible(plan, now))).toStrictEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

const code = (value: string, times: number | null): PollFault => ({ type: 'code', code: value, times });
const reset = (times: number | null): PollFault => ({ type: 'reset', times });

describe('the fault of a poll', () => {
  const table: readonly (readonly [string, readonly PollFault[], readonly (PollFault | null)[]])[] = [
    ['absent if the scenario has no faults', [], [null, null, null]],
    ['in the first poll only if it occurs once', [reset(1)], [reset(1), null, null]],
    ['in as many polls as it specifies', [code('502', 2)], [code('502', 2), code('502', 2), null]],
    ['in every poll if it has no limit', [reset(null)], [reset(null), reset(null), reset(null)]],
    [
      'one after the other if there are several',
      [reset(1), code('404', 1)],
      [reset(1), code('404', 1), null],
    ],
    [
      'the unlimited one after the others',
      [reset(1), code('404', null)],
      [reset(1), code('404', null), code('404', null)],
    ],
    ['never one that follows an unlimited one', [reset(null), code('404', 1)], [reset(null), reset(null)]],
    ['never one that occurs zero times', [reset(0), code('404', 1)], [code('404', 1), null]],
  ];

  it.each(table)('is %s', (_, faults, expected) => {
    expect(expected.map((_fault, index) => faultOfPoll(faults, index + 1))).toStrictEqual(expected);
  });

  it('is the same as in a list with each fault repeated', () => {
    const someFaults = fc.array(fc.nat(4).map((times) => reset(times)));
    fc.assert(
      fc.property(someFaults, fc.integer({ min: 1, max: 30 }), (faults, n) => {
        const each = faults.flatMap((fault) => Array.from({ length: fault.times ?? 0 }, () => fault));
        expect(faultOfPoll(faults, n)).toBe(each[n - 1] ?? null);
      }),
    );
  });
});
