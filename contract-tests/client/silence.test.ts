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
const QUICKLY = {
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

/** A command of one line of JavaScript. */
function judgeScript(script: string, options: ClientOptions = {}): Promise<SuiteReport> {
  return judgeClient({
    command: [process.execPath, '--input-type=module', '-e', script],
    ...QUICKLY,
    only: ['CLI-API', 'CLI-END'],
    ...options,
    env: { BASE: '{url}', KEY: '{key}', ...options.env },
  });
}

const CALL = `const call = (path, init = {}) => fetch(process.env.BASE + path, { ...init, headers: { authorization: 'Bearer ' + process.env.KEY, 'content-type': 'application/json' } });`;

function statusOf({ cases }: SuiteReport, id: string): string | undefined {
  return cases.find((one) => one.id === id)?.status;
}

describe('callbacks that nobody acknowledges', () => {
  it.each([
    ['http://127.0.0.1:9/hook', /connection refused/, /Start your receiver/],
    ['http://hooks.acme.invalid/hook', /./, /allow-callback hooks\.acme\.invalid|Start your receiver/],
    ['http://169.254.169.254/hook', /are not allowed/, /receiver on this machine/],
  ])('%s: open the report', async (url, text, remedy) => {
    const report = await judgeClient({
      run: makeClient({
        parts: { ...CALLED_BACK, wish: (prompt) => GOOD_CLIENT.wish(prompt, url) },
        timeScale: TIME_SCALE,
      }),
      ...QUICKLY,
      only: ['CLI-CRE-02'],
    });
    expect(report.headlines).toEqual([
      { text: expect.stringMatching(text), remedy: expect.stringMatching(remedy) },
    ]);
    expect(report.headlines[0]?.text).toContain(url);
  });

  it('are not mentioned where they arrive', async () => {
    const run = makeClient({ parts: CALLED_BACK, timeScale: TIME_SCALE });
    expect((await judgeClient({ run, ...QUICKLY, only: ['CLI-CRE-02'] })).headlines).toEqual([]);
  });
});

describe('a client with a proxy in its environment', () => {
  const PROXIES = { HTTP_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

  it('is told to leave the mock out of it, and the report says so', async () => {
    const tell = `${CALL} await call('/api/v1/runway/record-detail?taskId=' + process.env.NO_PROXY + '+' + process.env.no_proxy);`;
    const report = await judgeScript(tell, { env: { ...PROXIES, NO_PROXY: 'intranet.example' } });
    const hosts = 'intranet.example,127.0.0.1,localhost,::1';
    expect(report.cases[0]?.timeline[0]?.text).toContain(`${hosts}+${hosts}`);
    expect(report.notes).toEqual([expect.stringMatching(/^HTTP_PROXY and https_proxy are set/)]);
  });

  it('is told of the proxy when it never reaches the mock', async () => {
    await expect(judgeScript('process.exit(4)', { env: PROXIES })).rejects.toMatchObject({
      code: 'CLIENT_UNUSABLE',
      message: expect.stringMatching(/never called the mock\. HTTP_PROXY and https_proxy of its environment/),
      remedy: expect.stringContaining('NO_PROXY'),
    });
  });
});

describe('the vendor of a client', () => {
  it('is the one whose paths it meant, although none of its calls matched', async () => {
    const report = await judgeScript(
      `${CALL} await call('//api/v1/runway/generate', { method: 'POST', body: '{}' });`,
    );
    expect(report.pack).toBe('runway');
    expect(statusOf(report, 'CLI-API-01')).toBe('failed');
    expect(statusOf(report, 'CLI-END-01')).toBe('failed');
  });

  it('cannot be guessed from calls that are nobody’s', async () => {
    await expect(
      judgeScript(`${CALL} await call('/zzz/qqq?x=1'); await call('/zzz/rrr');`),
    ).rejects.toMatchObject({
      code: 'CLIENT_UNUSABLE',
      message: expect.stringContaining('GET /zzz/qqq, GET /zzz/rrr'),
    });
  });
});

describe('a client of https', () => {
  const MAKE_VIDEO = `${CALL}
    const { CALLBACK } = process.env;
    const wish = { prompt: 'A cat', duration: 5, quality: '720p', aspectRatio: '16:9', ...(CALLBACK.startsWith('https:') ? { callBackUrl: CALLBACK } : {}) };
    const { data } = await (await call('/api/v1/runway/generate', { method: 'POST', body: JSON.stringify(wish) })).json();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { data: task } = await (await call('/api/v1/runway/record-detail?taskId=' + data.taskId)).json();
      if (task.state === 'success') process.exit(0);
    }`;
  const options = { only: ['CLI-CRE-02', 'CLI-END'], env: { CALLBACK: '{callback}' } };

  it('is not accused of the callback URL that it had to leave out', async () => {
    const { cases } = await judgeScript(MAKE_VIDEO, options);
    expect(cases.find(({ id }) => id === 'CLI-CRE-02')).toMatchObject({
      status: 'not-observable',
      verdicts: { behaviour: { actual: expect.stringContaining('--tls') } },
    });
  });

  it('is judged with a mock and a callback URL that it trusts', async () => {
    const report = await judgeScript(MAKE_VIDEO, { ...options, tls: dir });
    expect(statusOf(report, 'CLI-CRE-02')).toBe('passed');
    expect(statusOf(report, 'CLI-END-01')).toBe('passed');
    expect(report.headlines).toEqual([]);
    expect(report.channels.callbacks).toBe(true);
  });
});
