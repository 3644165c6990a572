import { describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer } from '../index.ts';
import { planIn, type Story } from './story.ts';
import { taskTest } from './test-code.ts';

function storyOf(mock: MockServer, taskId: string): Story {
  const entries = mock.journal.entries({ taskId });
  const plan = planIn(entries);
  if (plan === null) throw new Error('the task was not submitted');
  const now = mock.clock.now().getTime();
  return { plan, entries, now, wallNow: now };
}

/** Runs the code of a test file that imports only the mock and vitest. */
async function run(code: string): Promise<void> {
  const tests: (() => Promise<void>)[] = [];
  const body = code.replaceAll(/^import .*$/gm, '');
  new Function('createMockServer', 'expect', 'test', body)(
    createMockServer,
    expect,
    (_name: string, one: () => Promise<void>) => tests.push(one),
  );
  expect(tests).toHaveLength(1);
  for (const one of tests) await one();
}

describe('the test code of a task', () => {
  it.each(['success', 'callback.duplicate', 'fail.nsfw', 'callback.never'])(
    'repeats the task with the scenario %s, and expects the same callbacks',
    async (scenario) => {
      const receiver = await openReceiver(500, 200);
      const mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
      const prompt = 'a cat\u2028`$ {1}` \\ "quoted" it\'s';
      const submission = { callBackUrl: receiver.url, prompt };
      const { taskId } = await runwayCalls(mock.url).generate(submission, { 'x-mock-scenario': scenario });
      await mock.clock.advance('10m');
      const code = taskTest(storyOf(mock, taskId)) ?? '';
      await mock.close();
      await receiver.close();
      const again = await openReceiver(500, 200);
      await run(code.replaceAll(receiver.url, again.url));
      await again.close();
    },
  );

  it('fails when the callbacks differ', async () => {
    const receiver = await openReceiver(500, 200);
    const mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
    const { taskId } = await runwayCalls(mock.url).generate({ callBackUrl: receiver.url });
    await mock.clock.advance('10m');
    const code = taskTest(storyOf(mock, taskId)) ?? '';
    await mock.close();
    // The receiver now accepts the first attempt.
    await expect(run(code)).rejects.toThrow('acknowledged');
    await receiver.close();
  });
});
