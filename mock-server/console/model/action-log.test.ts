import { describe, expect, it } from 'vitest';
import {
  ACTIONS_KEPT,
  type ActionLog,
  lastOf,
  problemOf,
  testOf,
  withAction,
  withoutUnreachable,
} from './action-log.ts';

const ORIGIN = 'http://127.0.0.1:4010';
const action = (library: string, taskId: string | null = null, problem: unknown = null) => ({
  at: 0,
  title: '',
  curl: '',
  library,
  taskId,
  problem: problem === null ? null : problemOf(problem, ORIGIN),
});

describe('the list of actions', () => {
  it('keeps the last ones, the latest first', () => {
    let log: ActionLog = [];
    for (let n = 1; n <= ACTIONS_KEPT + 5; n++) log = withAction(log, action(`line ${n}`));
    expect(log).toHaveLength(20);
    expect(log[0]).toMatchObject({ n: 25, library: 'line 25' });
    expect(log.at(-1)).toMatchObject({ n: 6 });
  });

  it('shows a task only its own actions', () => {
    const refused = Object.assign(new Error('the task has ended'), { remedy: 'Choose another task.' });
    let log = withAction([], action('mock.tasks.amend(a)', 'a', refused));
    log = withAction(log, action('mock.clock.advance(30s)'));
    expect(lastOf(log, 'b')).toBeNull();
    expect(lastOf(log, 'a')?.problem).toEqual({
      kind: 'refused',
      message: 'the task has ended',
      remedy: 'Choose another task.',
    });
    expect(lastOf(log, null)?.library).toBe('mock.clock.advance(30s)');
  });

  it('forgets the actions that did not reach the mock when it answers again, and no others', () => {
    let log = withAction([], action('refused', null, new Error('no')));
    log = withAction(log, action('unreachable', null, new TypeError('Failed to fetch')));
    expect(lastOf(log, null)?.problem?.message).toBe(`The mock at ${ORIGIN} does not answer.`);
    const solved = withoutUnreachable(log);
    expect(solved.map(({ library }) => library)).toEqual(['refused']);
    expect(withoutUnreachable(solved)).toBe(solved);
  });

  it('becomes a test with the successful actions in their order', () => {
    let log = withAction([], action('await first();'));
    log = withAction(log, action('await failed();', null, new Error('no')));
    log = withAction(log, action('await second();'));
    expect(testOf(log)).toMatch(/try \{\n {2}await first\(\);\n {2}await second\(\);\n\} finally/);
  });
});
