import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import { fetchWhole } from '../../fixtures/receivers/parts.ts';
import { openQueueReceiver, type QueueReceiver } from '../../fixtures/receivers/queue-receiver.ts';
import { judgeReceiver } from './judge-receiver.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

const KEY = { authorization: 'Bearer own-key', 'content-type': 'application/json' };
const WISH = { prompt: 'A lighthouse', duration: 5, quality: '720p', aspectRatio: '16:9' };

/** Opens a receiver that accepts only its own jobs, identified by `?job=` in the callback URL. */
async function openJobReceiver(apiBase: string): Promise<QueueReceiver> {
  const jobs = new Set<string>();
  let origin = '';
  const receiver = await openQueueReceiver({
    refuse(request) {
      const job = new URL(request.url ?? '/', 'http://receiver').searchParams.get('job') ?? '';
      return jobs.has(job) ? null : 404;
    },
    extra(path, _request, response) {
      if (path !== '/submit') return false;
      const job = String(jobs.size + 1);
      jobs.add(job);
      const callBackUrl = `${origin}/callback?job=${job}`;
      void fetch(`${apiBase}/api/v1/runway/generate`, {
        method: 'POST',
        headers: KEY,
        body: JSON.stringify({ ...WISH, callBackUrl }),
      }).then(() => response.end('submitted'));
      return true;
    },
  });
  ({ origin } = receiver);
  open.push(receiver);
  return receiver;
}

describe('a receiver that accepts only its own tasks', () => {
  it('is judged with its own tasks if --submit is set', async () => {
    const apiPort = await freePort();
    const receiver = await openJobReceiver(`http://127.0.0.1:${apiPort}`);
    const report = await judgeReceiver({
      url: receiver.url,
      event: 'runway.generate',
      submit: `${receiver.origin}/submit`,
      apiPort,
      only: ['RCV-ACK', 'RCV-TIM', 'RCV-IDM', 'RCV-ENV', 'RCV-FAIL', 'RCV-MED'],
    });
    expect(report.cases.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual([]);
    const passed = report.cases.filter(({ status }) => status === 'passed').map(({ id }) => id);
    expect(passed).toEqual(
      expect.arrayContaining([
        'RCV-ACK-01',
        'RCV-TIM-04',
        'RCV-IDM-01',
        'RCV-IDM-02',
        'RCV-ENV-02',
        'RCV-MED-01',
      ]),
    );
  });

  it('does not fail a case without --submit, and the report asks for it', async () => {
    const receiver = await openJobReceiver('http://127.0.0.1:9');
    const report = await judgeReceiver({ url: receiver.url, event: 'runway.generate' });
    expect(report.summary).toMatchObject({ failed: 0, passed: 0 });
    expect(report.inconclusive).not.toBeNull();
    expect(report.headlines[0]?.text).toMatch(/HTTP 404 \(body: "refused"\)/);
    expect(report.headlines[0]?.remedy).toMatch(/set "submit"/);
  });

  it('must create a task of the event under test', async () => {
    const apiPort = await freePort();
    const receiver = await openJobReceiver(`http://127.0.0.1:${apiPort}`);
    await expect(
      judgeReceiver({
        url: receiver.url,
        event: 'runway.extend',
        submit: `${receiver.origin}/submit`,
        apiPort,
      }),
    ).rejects.toMatchObject({ remedy: expect.stringContaining('set "event" to runway.generate') });
  });
});

describe('a receiver that queries the API before it trusts a callback', () => {
  it('is judged with the API at --api-port and an allowed media host', {}, async () => {
    const apiPort = await freePort();
    const api = `http://127.0.0.1:${apiPort}/api/v1/runway/record-detail?taskId=`;
    const receiver = await openQueueReceiver({
      async refuse(_request, { taskId, code }) {
        if (code !== 200) return null;
        const answer = await fetch(`${api}${encodeURIComponent(taskId)}`, { headers: KEY });
        const { data } = (await answer.json()) as { data: { state?: string } | null };
        return data?.state === 'success' ? null : 409;
      },
      async download(url, signal) {
        const { hostname } = new URL(url);
        // Only this name is allowed; loopback addresses are rejected.
        if (hostname !== 'media.allowed.example') return;
        await fetchWhole(url.replace(hostname, '127.0.0.1'), signal);
      },
    });
    open.push(receiver);
    const report = await judgeReceiver({
      url: receiver.url,
      event: 'runway.generate',
      apiPort,
      mediaHost: 'media.allowed.example',
      only: ['RCV-ACK', 'RCV-IDM', 'RCV-ENV', 'RCV-MED-01', 'RCV-SEC'],
    });
    expect(report.cases.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual([]);
    const passed = report.cases.filter(({ status }) => status === 'passed').map(({ id }) => id);
    expect(passed).toEqual(expect.arrayContaining(['RCV-IDM-01', 'RCV-MED-01', 'RCV-SEC-02', 'RCV-SEC-03']));
  });
});
