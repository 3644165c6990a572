import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, type MockServer } from '../../mock-server/index.ts';
import type { SuiteReport } from '../report.ts';
import { CLIENT_CASES } from './cases.ts';
import { judgeJournal } from './judge-journal.ts';

let mock: MockServer;
afterEach(() => mock.close());

async function start(): Promise<void> {
  mock = await createMockServer({
    clock: 'virtual',
    seed: 7,
    judge: (entries, packs) => judgeJournal(entries, packs, { time: 'service' }),
  }).listen();
}

async function verdicts(query = ''): Promise<SuiteReport> {
  return (await (await fetch(`${mock.url}/__admin/verdicts${query}`)).json()) as SuiteReport;
}

function statusOf({ cases }: SuiteReport, id: string): string | undefined {
  return cases.find((one) => one.id === id)?.status;
}

/** Polls until the task has finished, at this interval. */
async function poll(key: string, taskId: string, everyS: number): Promise<void> {
  for (let state = ''; state !== 'success' && state !== 'fail'; ) {
    await mock.clock.advance(everyS * 1000);
    state = (await runwayCalls(mock.url, key).details(taskId)).body.data.state;
  }
}

describe('GET /__admin/verdicts', () => {
  it('judges no case of an empty journal', async () => {
    await start();
    const report = await verdicts();
    expect(report.summary).toMatchObject({ judged: 0, failed: 0, notApplicable: CLIENT_CASES.length });
  });

  it('judges the journal so far, on the clock of the mock', async () => {
    await start();
    const { taskId } = await runwayCalls(mock.url).generate();
    await poll('test-key', taskId, 5);
    const report = await verdicts();
    expect(report).toMatchObject({
      suite: 'client',
      pack: 'runway',
      settings: { time: 'the clock of the mock' },
    });
    expect(statusOf(report, 'CLI-AUTH-01')).toBe('passed');
    expect(statusOf(report, 'CLI-POL-02')).toBe('failed');
    expect(statusOf(report, 'CLI-POL-03')).toBe('passed');
    expect(statusOf(report, 'CLI-POL-14')).toBe('not-applicable');
    await runwayCalls(mock.url).details(taskId);
    expect(statusOf(await verdicts(), 'CLI-POL-04')).toBe('failed');
  });

  it('does not judge the first call for the result as a poll after the end, only later ones', async () => {
    await start();
    const base = mock.urlOf('fal');
    const headers = { authorization: 'Key test-key', 'content-type': 'application/json' };
    const body = '{"prompt":"A lighthouse"}';
    const created = await fetch(`${base}/acme/video`, { method: 'POST', headers, body });
    const { request_id: id } = (await created.json()) as { readonly request_id: string };
    await mock.clock.advance('3m');
    const ask = (path: string) => fetch(`${base}/acme/video/requests/${id}${path}`, { headers });
    await ask('/status');
    await ask('');
    await mock.clock.advance('5m');
    expect(statusOf(await verdicts(), 'CLI-POL-04')).toBe('passed');
    await ask('');
    expect(statusOf(await verdicts(), 'CLI-POL-04')).toBe('failed');
  });

  it('judges the clients of different keys separately', async () => {
    await start();
    const calm = await runwayCalls(mock.url, 'calm').generate({}, { 'x-mock-scenario': 'state.long' });
    await poll('calm', calm.taskId, 30);
    const hasty = await runwayCalls(mock.url, 'hasty').generate();
    await poll('hasty', hasty.taskId, 2);
    expect(statusOf(await verdicts('?apiKey=calm'), 'CLI-POL-02')).toBe('passed');
    expect(statusOf(await verdicts('?apiKey=hasty'), 'CLI-POL-02')).toBe('failed');
  });

  it('judges the calls to two vendors by the facts of each', async () => {
    await start();
    const { taskId } = await runwayCalls(mock.url).generate();
    await poll('test-key', taskId, 30);
    await fetch(`${mock.url}/api/v1/modify/generate`, {
      method: 'POST',
      headers: { authorization: 'Bearer test-key', 'content-type': 'application/json' },
      body: '{"prompt":"A sunset"}',
    });
    const one = (await verdicts()).cases.find(({ id }) => id === 'CLI-CRE-01');
    expect(one?.verdicts).toMatchObject({
      runway: { status: 'passed' },
      luma: { status: 'failed', actual: expect.stringContaining('videoUrl') },
    });
  });

  it('assigns calls that match no operation to the vendor that they resemble', async () => {
    await start();
    await runwayCalls(mock.url).generate();
    const headers = { authorization: 'Bearer test-key' };
    await fetch(`${mock.url}/api/v1/runway/record-info?taskId=x`, { headers });
    const report = await verdicts();
    expect(report.pack).toBe('runway');
    expect(report.cases.find(({ id }) => id === 'CLI-API-01')).toMatchObject({
      status: 'failed',
      verdicts: {
        behaviour: {
          actual:
            '1 call to GET /api/v1/runway/record-info did not match any operation; did you mean GET /api/v1/runway/record-detail?',
        },
      },
    });
  });

  it('is inconclusive about calls that match no vendor', async () => {
    await start();
    await fetch(`${mock.url}/zzz/qqq`, { headers: { authorization: 'Bearer test-key' } });
    const report = await verdicts();
    expect(report).toMatchObject({ pack: '', summary: { judged: 0 } });
    expect(report.inconclusive).toBe('The calls match no vendor: GET /zzz/qqq.');
  });

  it('waits before it concludes that a silent client has stopped', async () => {
    await start();
    const headers = { 'x-mock-scenario': 'poll.502' };
    const { taskId } = await runwayCalls(mock.url).generate({}, headers);
    await runwayCalls(mock.url).details(taskId);
    expect(statusOf(await verdicts(), 'CLI-POL-09')).toBe('not-applicable');
    await mock.clock.advance('10m');
    expect(statusOf(await verdicts(), 'CLI-POL-09')).toBe('failed');
  });
});
