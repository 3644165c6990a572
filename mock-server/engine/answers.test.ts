import { describe, expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import { createSampleTasks, SAMPLE_ACCOUNT, samplePack } from '../delivery/testing/sample-tasks.ts';
import type { ListOperation, PollOperation } from '../packs/pack.ts';
import { createAnswers, unknownTask } from './answers.ts';
import { createMediaIds } from './media-ids.ts';
import { createRenderedAnswers } from './rendered-answers.ts';

function create() {
  const samples = createSampleTasks();
  const { tasks, clock, journal, pack } = samples;
  const poll = pack.operations.find((one): one is PollOperation => one.type === 'poll');
  if (poll === undefined) throw new Error('expected a poll operation');
  const answers = createAnswers({
    tasks,
    clock,
    rendered: createRenderedAnswers(journal),
    mediaIds: createMediaIds({ tasks, journal }),
  });
  return {
    ...samples,
    answers,
    poll,
    ask: (id: string, by = pack) => answers.poll(by, poll, { taskId: id, account: SAMPLE_ACCOUNT }),
  };
}

describe('a poll', () => {
  it('returns the body of the state that the task has reached', () => {
    const { add, ask, time, poll } = create();
    const { plan } = add();
    time.at = plan.visibleAt;
    const first = ask(plan.taskId);
    time.at = Number(plan.steps.at(-1)?.at);
    const last = ask(plan.taskId);
    if (first.type !== 'found' || last.type !== 'found') throw new Error('the task was not found');
    expect([first.state, last.state]).toEqual([plan.steps[0]?.state, plan.steps.at(-1)?.state]);
    expect([first.answer.status, first.fault]).toEqual([200, null]);
    expect(poll.answers.has(last.state)).toBe(true);
    expect(last.answer.body).toContain(plan.taskId);
  });

  it('does not find an unknown task, nor one of another pack', () => {
    const { add, ask, pack } = create();
    const { taskId } = add().plan;
    expect(ask('absent')).toEqual({ type: 'unknown', task: null, answer: unknownTask(pack, 'absent') });
    expect(ask(taskId, { ...pack, name: 'other' })).toMatchObject({ type: 'unknown', task: null });
  });

  it('finds only tasks of its kinds', () => {
    const { add, time, answers, poll, pack } = create();
    const { taskId, kind, visibleAt } = add().plan;
    time.at = visibleAt;
    const found = (kinds: readonly string[]) =>
      answers.poll(pack, { ...poll, kinds: new Set(kinds) }, { taskId, account: SAMPLE_ACCOUNT }).type;
    expect([found([kind]), found(['another'])]).toEqual(['found', 'unknown']);
  });

  it('does not find a task that is not visible yet, but knows it', () => {
    const { add, ask, time } = create();
    const task = add({ scenario: 'poll.not-visible' });
    expect(ask(task.plan.taskId)).toMatchObject({ type: 'unknown', task });
    time.at = task.plan.visibleAt;
    expect(ask(task.plan.taskId).type).toBe('found');
  });

  it('has the faults of its scenario, by the number of polls', () => {
    const { add, ask, journal, time } = create();
    const { taskId, visibleAt } = add({ scenario: 'poll.reset' }).plan;
    time.at = visibleAt;
    const fault = (): unknown => {
      const result = ask(taskId);
      return result.type === 'found' ? result.fault?.type : 'unknown';
    };
    expect(fault()).toBe('reset');
    journal.append({
      type: 'request.answered',
      taskId,
      does: 'poll',
      headers: {},
      url: '',
      answer: '',
      requestBody: '',
    } as never);
    expect(fault()).toBeUndefined();
  });

  it('fails when the edited pack does not define the state of the task', () => {
    const { answers, add, pack, poll, time } = create();
    const { plan } = add();
    time.at = plan.visibleAt;
    const result = answers.poll(pack, { ...poll, answers: new Map() }, plan);
    expect(result.type).toBe('unknown');
    expect(result.answer.body).toContain('does not define the state');
  });
});

describe('a list', () => {
  const lists = (operation: { type: string }): operation is ListOperation => operation.type === 'list';
  const sender = samplePack(({ operations }) => operations.some(lists));

  it('contains the visible tasks of the account and the pack, newest first', () => {
    const samples = createSampleTasks(sender);
    const { pack, add, plan, tasks, clock, journal, time } = samples;
    const list = pack.operations.find(lists);
    if (list === undefined) throw new Error('expected a list');
    const answers = createAnswers({
      tasks,
      clock,
      rendered: createRenderedAnswers(journal),
      mediaIds: createMediaIds({ tasks, journal }),
    });
    const [older, newer] = [add().plan, add().plan];
    add({ account: 'key-2' as Account });
    add({ ...plan(), pack: 'other' });
    time.at = newer.visibleAt;
    add({ ...plan(), visibleAt: time.at + 1 });
    const request = { query: () => undefined, header: () => undefined, pathParams: {}, body: null };
    const asked = { request, url: 'http://mock.test/' };
    const page = answers.list(pack, { ...list, kinds: null }, SAMPLE_ACCOUNT, asked);
    const places = [newer, older].map(({ taskId }) => page.items.text.indexOf(taskId));
    expect(page.count).toBe(2);
    expect(places[0]).toBeGreaterThan(0);
    expect(places[1]).toBeGreaterThan(Number(places[0]));
    const none = { ...list, kinds: new Set(['another kind']) };
    expect(answers.list(pack, none, SAMPLE_ACCOUNT, asked).count).toBe(0);
  });
});
