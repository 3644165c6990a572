import { describe, expect, it } from 'vitest';
import { runwayCalls } from '../../../fixtures/clients/runway-calls.ts';
import { ask, getJournal, problem, start } from './testing/admin-client.ts';
import { missedBy } from './testing/documented-names.ts';

describe('GET /tasks/{id}/media', () => {
  it('says what a download would be answered, without making one', async () => {
    const { url, clock } = await start();
    const { taskId } = await runwayCalls(url).generate();
    const statuses = async (): Promise<unknown> => {
      const files = (await ask('GET', `/tasks/${taskId}/media`)).json as readonly { status: number }[];
      return files.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([404, 404]);
    await clock.advance('5m');
    expect(await statuses()).toEqual([200, 200]);
    const { status, headers } = await ask('GET', `/tasks/${taskId}/media/video.mp4`);
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'video/mp4' });
    await clock.advance('15d');
    expect(await statuses()).toEqual([410, 410]);
    expect((await ask('GET', `/tasks/${taskId}/media/video.mp4`)).status).toBe(410);
    expect((await ask('GET', `/tasks/${taskId}/media/other.mp4`)).status).toBe(404);
    expect(await getJournal('?type=media.served')).toEqual([]);
  });

  it('does not know other tasks and parameters', async () => {
    await start();
    for (const path of ['/tasks/none/media', '/tasks/none/media/video.mp4']) {
      expect((await ask('GET', path)).json).toEqual(problem('TASK_UNKNOWN', 404));
      expect((await ask('GET', `${path}?size=1`)).json).toEqual(problem('BAD_REQUEST', 400));
    }
  });
});

describe('the tests of media', () => {
  it('cause every documented status', () => {
    expect(missedBy('media-calls')).toEqual([]);
  });
});
