import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeClient } from '../../fixtures/clients/client.ts';
import { CALLED_BACK } from '../../fixtures/clients/defects.ts';
import { GOOD_CLIENT } from '../../fixtures/clients/parts.ts';
import type { SuiteReport } from '../report.ts';
import { type ClientOptions, judgeClient } from './judge-client.ts';

const TIME_SCALE = 100;
const FAST = {
  timeScale: TIME_SCALE,
  timeLimit: '40s',
  giveUpWithin: '25m',
  downloadWithin: '10m',
  jobs: 8,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-silence-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Judges a command that runs a JavaScript program. */
function judgeScript(script: string, options: ClientOptions = {}): Promise<SuiteReport> {
  return judgeClient({
    command: [process.execPath, '--input-type=module', '-e', script],
    ...FAST,
    only: ['CLI-API', 'CLI-END'],
    ...options,
    env: { BASE: '{url}', KEY: '{key}', ...options.env },
  });
}

const CALL = `const call = (path, init = {}) => fetch(process.env.BASE + path, { ...init, headers: { authorization: 'Bearer ' + process.env.KEY, 'content-type': 'application/json' } });`;

function statusOf({ cases }: SuiteReport, id: string): string | undefined {
  return cases.find((one) => one.id === id)?.status;
}

describe('a headline about callbacks', () => {
  it.each([
    ['http://127.0.0.1:9/hook', /the connection was refused/, /Start your receiver/],
    ['http://hooks.acme.invalid/hook', /./, /allow-callback hooks\.acme\.invalid|Start your receiver/],
    ['http://169.254.169.254/hook', /are not allowed/, /receiver on this machine/],
  ])('is shown when none is acknowledged: %s', async (url, text, remedy) => {
    const report = await judgeClient({
      run: makeClient({
        parts: { ...CALLED_BACK, requestFor: (prompt) => GOOD_CLIENT.requestFor(prompt, url) },
        timeScale: TIME_SCALE,
      }),
      ...FAST,
      only: ['CLI-CRE-02'],
    });
    expect(report.headlines).toEqual([
      { text: expect.stringMatching(text), remedy: expect.stringMatching(remedy) },
    ]);
    expect(report.headlines[0]?.text).toContain(url);
  });

  it('is absent when callbacks arrive', async () => {
    const run = makeClient({ parts: CALLED_BACK, timeScale: TIME_SCALE });
    expect((await judgeClient({ run, ...FAST, only: ['CLI-CRE-02'] })).headlines).toEqual([]);
  });
});

describe('a client with a proxy in its environment', () => {
  const PROXIES = { HTTP_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

  it('is given NO_PROXY for the mock, and the report states it', async () => {
    const script = `${CALL} await call('/api/v1/runway/record-detail?taskId=' + process.env.NO_PROXY + '+' + process.env.no_proxy);`;
    const report = await judgeScript(script, { env: { ...PROXIES, NO_PROXY: 'intranet.example' } });
    const hosts = 'intranet.example,127.0.0.1,localhost,::1';
    expect(report.cases[0]?.timeline[0]?.text).toContain(`${hosts}+${hosts}`);
    expect(report.notes).toEqual([expect.stringMatching(/^HTTP_PROXY and https_proxy are set/)]);
  });

  it('is an error that names the proxy when no call reaches the mock', async () => {
    await expect(judgeScript('process.exit(4)', { env: PROXIES })).rejects.toMatchObject({
      code: 'CLIENT_UNUSABLE',
      message: expect.stringMatching(
        /did not call the mock\. It may use the proxy in HTTP_PROXY and https_proxy/,
      ),
      remedy: expect.stringContaining('NO_PROXY'),
    });
  });
});

describe('the vendor under test', () => {
  it('is the one that unmatched calls resemble', async () => {
    const report = await judgeScript(
      `${CALL} await call('//api/v1/runway/generate', { method: 'POST', body: '{}' });`,
    );
    expect(report.pack).toBe('runway');
    expect(statusOf(report, 'CLI-API-01')).toBe('failed');
    expect(statusOf(report, 'CLI-END-01')).toBe('failed');
  });

  it('is unknown for calls that resemble no vendor', async () => {
    await expect(
      judgeScript(`${CALL} await call('/zzz/qqq?x=1'); await call('/zzz/rrr');`),
    ).rejects.toMatchObject({
      code: 'CLIENT_UNUSABLE',
      message: expect.stringContaining('GET /zzz/qqq, GET /zzz/rrr'),
    });
  });
});

describe('a client that accepts only https', () => {
  const MAKE_VIDEO = `${CALL}
    const { CALLBACK } = process.env;
    const body = { prompt: 'A cat', duration: 5, quality: '720p', aspectRatio: '16:9', ...(CALLBACK.startsWith('https:') ? { callBackUrl: CALLBACK } : {}) };
    const { data } = await (await call('/api/v1/runway/generate', { method: 'POST', body: JSON.stringify(body) })).json();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { data: task } = await (await call('/api/v1/runway/record-detail?taskId=' + data.taskId)).json();
      if (task.state === 'success') process.exit(0);
    }`;
  const options = { only: ['CLI-CRE-02', 'CLI-END'], env: { CALLBACK: '{callback}' } };

  it('does not fail for leaving out an http callback URL', async () => {
    const { cases } = await judgeScript(MAKE_VIDEO, options);
    expect(cases.find(({ id }) => id === 'CLI-CRE-02')).toMatchObject({
      status: 'not-observable',
      verdicts: { behaviour: { actual: expect.stringContaining('run it again with "tls"') } },
    });
  });

  it('passes with --tls, which gives it a trusted mock and callback URL', async () => {
    const report = await judgeScript(MAKE_VIDEO, { ...options, tls: dir });
    expect(statusOf(report, 'CLI-CRE-02')).toBe('passed');
    expect(statusOf(report, 'CLI-END-01')).toBe('passed');
    expect(report.headlines).toEqual([]);
    expect(report.channels.callbacks).toBe(true);
  });
});
