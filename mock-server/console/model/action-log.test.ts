import { describe, expect, it } from 'vitest';
import { createMockServer, loadPacks, type MockServer } from '../../index.ts';
import { describePack } from '../../packs/describe-pack.ts';
import { SCENES, type ScenePack, stageScene } from '../../pages/scenes.ts';
import {
  ACTIONS_KEPT,
  type ActionLog,
  lastOf,
  problemOf,
  testOf,
  withAction,
  withoutUnreachable,
} from './action-log.ts';
import { fetchOf } from './equivalents.ts';

const ORIGIN = 'http://127.0.0.1:4010';
const action = (library: string, taskId: string | null = null, problem: unknown = null) => ({
  at: 0,
  title: '',
  curl: '',
  library,
  taskId,
  problem: problem === null ? null : problemOf(problem, ORIGIN),
});

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (
  ...parts: readonly string[]
) => (create: typeof createMockServer) => Promise<void>;

/** Runs the source of a test. @param look called before its mock is closed */
async function runTest(source: string, look: (mock: MockServer) => void): Promise<void> {
  const body = source.replace(/^import .*$/m, '');
  await new AsyncFunction('createMockServer', body)((options) => {
    const mock = createMockServer(options);
    const close = mock.close.bind(mock);
    return Object.assign(mock, {
      close: () => {
        look(mock);
        return close();
      },
    });
  });
}

const [SUCCESS = raise()] = SCENES;
const [RUNWAY = raise()] = await loadPacks({ only: ['runway'] });
const PACK: ScenePack = {
  ...describePack(RUNWAY),
  bases: [''],
  scenarios: [{ name: 'success', summary: '', failureClass: null }],
};

function raise(): never {
  throw new Error('this function must not be called');
}

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

  it('becomes a test that does the same with other tasks', async () => {
    const { call } = stageScene(SUCCESS, PACK, ORIGIN, 'console');
    if (call === null) throw new Error('the scene is not supported');
    const submission = fetchOf(call, ORIGIN);
    let log = withAction([], action(submission, 't1'));
    log = withAction(log, action("await mock.clock.advance('10m');"));
    log = withAction(log, action("mock.tasks.redeliver('t1');", 't1'));
    log = withAction(log, action("mock.tasks.redeliver('elsewhere');", 'elsewhere'));
    log = withAction(log, action("await mock.clock.advance('0s');"));
    const whys: unknown[] = [];
    await runTest(testOf(log), (mock) => {
      whys.push(...mock.tasks.all().map(({ deliveries }) => deliveries.map(({ why }) => why)));
    });
    expect(whys).toEqual([['outcome', 'redelivered']]);
  });

  it('becomes a test with the successful actions in their order', () => {
    let log = withAction([], action('await first();'));
    log = withAction(log, action('await failed();', null, new Error('no')));
    log = withAction(log, action('await second();'));
    expect(testOf(log)).toMatch(/try \{\n {2}await first\(\);\n {2}await second\(\);\n\} finally/);
  });
});
