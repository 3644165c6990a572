import { describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { ask, problem, receiver, start } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

describe('GET /tasks/{id}/report.html', () => {
  it('returns a static page of the task with the reason and all messages, without keys', async () => {
    const { url, clock } = await start();
    const { url: callBackUrl } = await receiver(500, 200);
    const { taskId } = await runwayCalls(url, 'sk-secret-of-a-client').generate({ callBackUrl });
    await clock.advance('5m');
    const { status, headers, text } = await ask('GET', `/tasks/${taskId}/report.html`);
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(text).toContain('acknowledged at attempt 2: attempt 1 was rejected with HTTP 500.');
    expect(text).toContain('30 s until attempt 2');
    expect(text).toContain(callBackUrl);
    expect(text).not.toMatch(/<script|sk-secret-of-a-client/);
  });

  it('does not know other tasks', async () => {
    await start();
    expect((await ask('GET', '/tasks/none/report.html')).json).toEqual(problem('TASK_UNKNOWN', 404));
    expect((await ask('GET', '/tasks/none/report.html?as=pdf')).json).toEqual(problem('BAD_REQUEST', 400));
    const body = { taskIds: ['none'] };
    expect((await ask('POST', '/report.html', { body })).json).toEqual(problem('TASK_UNKNOWN', 404));
  });
});

describe('POST /report.html', () => {
  it('returns several tasks as one page, each with its own messages', async () => {
    const { url, clock } = await start();
    const { generate } = runwayCalls(url);
    const one = await generate({ prompt: 'the first prompt' });
    const other = await generate({ prompt: 'the second prompt' }, { 'x-mock-scenario': 'fail.nsfw' });
    await generate({ prompt: 'a third prompt' });
    await clock.advance('5m');
    const body = { taskIds: [one.taskId, other.taskId], about: 'pack:demo' };
    const { text } = await ask('POST', '/report.html', { body });
    expect(text).toContain('<h1>2 tasks</h1>');
    expect(text).toContain('pack:demo');
    expect(text.match(/the first prompt/g)).toHaveLength(1);
    expect(text).toContain('The task failed with nsfw, because the scenario fail.nsfw asks for it.');
    expect(text).not.toContain('a third prompt');
  });

  it.each([{ taskIds: [] }, { taskIds: 'all' }, { taskIds: [1] }, { taskIds: ['a'], about: 1 }, {}])(
    'refuses %j',
    async (body) => {
      await start();
      expect((await ask('POST', '/report.html', { body })).json).toEqual(problem('BAD_REQUEST', 400));
    },
  );
});

describe('the tests of reports', () => {
  it('cause every documented status', () => {
    expect(missedBy('report-calls')).toEqual([]);
  });
});
