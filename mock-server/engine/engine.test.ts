import { describe, expect, it } from 'vitest';
import { createClock } from '../delivery/clock.ts';
import type { Courier } from '../delivery/courier.ts';
import type { AttemptResult, OutgoingCallback } from '../delivery/post-callback.ts';
import { SAMPLE_ACCOUNT, samplePack, withUrl } from '../delivery/testing/sample-tasks.ts';
import { createJournal } from '../journal/journal.ts';
import type { PollOperation } from '../packs/pack.ts';
import { createEngine } from './engine.ts';
import type { Settings } from './settings.ts';

const ACKNOWLEDGED = {
  outcome: 'acknowledged',
  status: 200,
  firstByteMs: 1,
  durationMs: 1,
  answer: '',
  detail: null,
} as const satisfies AttemptResult;

/** An engine whose courier hands each callback to the test. */
function create({ mode = 'virtual' as 'virtual' | 'polls', change = {} as Partial<Settings> } = {}) {
  const { pack, operation } = samplePack();
  const sent: OutgoingCallback[] = [];
  let interruptions = 0;
  const courier: Courier = {
    async post(_url, prepare) {
      const outgoing = await prepare();
      if (outgoing === null) return null;
      sent.push(outgoing);
      return ACKNOWLEDGED;
    },
    interrupt: () => {
      interruptions += 1;
    },
    close: async () => undefined,
  };
  const clock = createClock(mode);
  const journal = createJournal({ now: clock.now, wallNow: clock.wallNow, keep: 1000, file: null });
  const settings = {
    seed: '7',
    speed: 1,
    scenario: 'success',
    delivery: {},
    secret: null,
    concurrency: null,
    queue: 0,
    rate: null,
    keep: 100,
    version: '1.2.3',
    ...change,
  } as Settings;
  const engine = createEngine({ packs: new Map([[pack.name, pack]]), clock, journal, courier, settings });
  const sender = withUrl(operation);
  function submit() {
    const scenario = engine.scenarios.parse(pack, 'success');
    const request = { operation: sender, account: SAMPLE_ACCOUNT, request: {}, bodyText: '{}', origin: '' };
    const result = engine.submit({ pack, ...request, scenario });
    if (result.type === 'refused') throw new Error('the submission was refused');
    return result.task;
  }
  return { engine, pack, clock, journal, sent, submit, interruptions: () => interruptions };
}

describe('the engine', () => {
  it('takes a task from its submission to its acknowledged callback', async () => {
    const { engine, submit, sent, journal } = create();
    const task = submit();
    const first = engine.firstCallback(task.plan.taskId);
    expect([engine.calling, engine.inFlight, sent.length]).toEqual([1, 0, 0]);
    await engine.advance(Number(task.plan.steps.at(-1)?.at) - task.plan.submittedAt);
    await first;
    expect([engine.calling, engine.inFlight, task.acknowledged]).toEqual([0, 0, true]);
    expect(sent.at(-1)?.headers['user-agent']).toBe('stuntdouble/1.2.3');
    expect(sent.at(-1)?.body).toContain(task.plan.taskId);
    expect(journal.entries({ type: 'clock.moved' })).toHaveLength(1);
  });

  it('gives equal requests different ids, and the same ones again after a reset', () => {
    const { engine, submit, interruptions, journal } = create();
    const [first, second] = [submit(), submit()].map(({ plan }) => plan.taskId);
    expect(second).not.toBe(first);
    engine.reset();
    expect([engine.tasks.size, interruptions()]).toEqual([0, 1]);
    expect(journal.entries().map(({ type }) => type)).toEqual(['server.reset']);
    expect(submit().plan.taskId).toBe(first);
  });

  it('keeps its tasks when the journal is cleared', () => {
    const { engine, submit, journal } = create();
    const { plan } = submit();
    engine.clearJournal();
    expect(journal.entries()).toEqual([]);
    expect(engine.tasks.get(plan.taskId)?.plan).toEqual(plan);
  });
});

describe('a poll', () => {
  const advance = (mode: 'virtual' | 'polls') => {
    const { engine, pack, submit, clock } = create({ mode });
    const task = submit();
    const poll = pack.operations.find((one): one is PollOperation => one.type === 'poll');
    if (poll === undefined) throw new Error('expected a poll operation');
    const states: string[] = [];
    for (let n = 0; n < 20; n++) {
      const result = engine.poll(pack, poll, task.plan);
      if (result.type === 'found') states.push(result.state);
      engine.polled(task);
    }
    const { steps, mediaExpiresAt, visibleAt } = task.plan;
    const visible = steps.filter(
      (_step, index) => Number(steps[index + 1]?.at ?? Number.POSITIVE_INFINITY) > visibleAt,
    );
    return {
      engine,
      clock,
      states: new Set(states),
      all: new Set(visible.map(({ state }) => state)),
      mediaExpiresAt,
    };
  };

  it('moves time to the next step on the clock of polls, and never to the expiry of media', () => {
    const { engine, clock, states, all, mediaExpiresAt } = advance('polls');
    expect(states).toEqual(all);
    expect(engine.pollsMoveTime).toBe(true);
    expect(clock.now()).toBeLessThan(Number(mediaExpiresAt));
  });

  it('does not move time on other clocks', () => {
    const { engine, clock, states } = advance('virtual');
    expect(states.size).toBeLessThanOrEqual(1);
    expect([engine.pollsMoveTime, clock.now()]).toEqual([false, createClock('virtual').now()]);
  });
});
