import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, loadPacks, type MockServer, type Pack } from '../../mock-server/index.ts';
import { asFlag } from '../name-option.ts';
import { CLIENT_CASES } from './cases.ts';
import type { ApiCall, Evidence, RunFacts } from './evidence.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { promptLimitOf } from './prompt-limit.ts';
import { StoredCall } from './read-call.ts';
import { STIMULI, type Stimulus, setUpFor } from './stimuli.ts';
import { timelineOf } from './timeline.ts';

let mock: MockServer;
afterEach(() => mock.close());

const MEASURES = {
  timeScale: 1,
  time: 'service' as const,
  giveUpWithinMs: 900_000,
  downloadWithinMs: null,
  concurrency: null,
  nameOption: asFlag,
};

async function start(scenario = 'success'): Promise<void> {
  mock = await createMockServer({ clock: 'virtual', seed: 7, scenario }).listen();
}

function evidence(run: Partial<RunFacts> | null = null): Evidence {
  const pack = mock.packs.find(({ name }) => name === 'runway') as Pack;
  const facts = {
    client: 'command' as const,
    exitCode: 0,
    output: '',
    prompt: '',
    key: 'test-key',
    callbackUrl: null,
    timeZone: null,
  };
  return gatherEvidence({
    entries: mock.journal.entries(),
    pack,
    run: run === null ? null : { ...facts, ...run },
    ...MEASURES,
  });
}

/** Returns a call with a changed journal entry. */
function changed({ seq, atMs, entry, pack }: ApiCall, change: Partial<ApiCall['entry']>): ApiCall {
  return new StoredCall({ seq, atMs }, { ...entry, ...change }, pack);
}

function judge(id: string, given: Evidence) {
  const one = CLIENT_CASES.find((known) => known.id === id);
  if (one === undefined) throw new Error(`unknown case ${id}`);
  return one.judge(given).verdict;
}

describe('a case for clients', () => {
  it('is a pure function: the same evidence gives the same verdict', async () => {
    await start();
    const { taskId } = await runwayCalls(mock.url).generate();
    await mock.clock.advance('2m');
    await runwayCalls(mock.url).details(taskId);
    const given = evidence();
    const once = CLIENT_CASES.map((one) => one.judge(given));
    expect(CLIENT_CASES.map((one) => one.judge(given))).toEqual(once);
  });

  it.each(CLIENT_CASES.map(({ id }) => id))('is not applicable to an empty journal: %s', async (id) => {
    await start();
    expect(judge(id, evidence()).status).toBe('not-applicable');
  });
});

describe('CLI-AUTH-02', () => {
  it.each([
    ['the prompt', 'sk-7f3a9c51e2', { prompt: 'key sk-7f3a9c51e2 inside' }],
    ['the callback URL', 'test-key', { callBackUrl: 'http://127.0.0.1:9/?key=test-key' }],
  ])('finds the key in %s', async (_where, key, change) => {
    await start();
    await runwayCalls(mock.url, key).generate(change);
    expect(judge('CLI-AUTH-02', evidence())).toMatchObject({ status: 'failed' });
  });

  it('does not mistake a word in the prompt for the key', async () => {
    await start();
    await runwayCalls(mock.url, 'dancing').generate({ prompt: 'A dancing cat' });
    expect(judge('CLI-AUTH-02', evidence())).toMatchObject({ status: 'passed' });
  });

  it('finds the key in a query', async () => {
    await start();
    await fetch(`${mock.url}/api/v1/runway/record-detail?taskId=x&key=test-key`, {
      headers: { authorization: 'Bearer test-key' },
    });
    expect(judge('CLI-AUTH-02', evidence())).toMatchObject({ status: 'failed' });
  });
});

describe('CLI-API-01', () => {
  it('fails for a duplicated path prefix', async () => {
    await start();
    await fetch(`${mock.url}/api/v1/api/v1/runway/generate`, {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
    });
    expect(judge('CLI-API-01', evidence())).toMatchObject({
      status: 'failed',
      actual:
        '1 call to POST /api/v1/api/v1/runway/generate did not match any operation; did you mean POST /api/v1/runway/generate?',
    });
  });

  it('counts the calls, and suggests an operation', async () => {
    await start();
    for (let n = 0; n < 29; n++) {
      await fetch(`${mock.url}/api/v1/runway/record-info?taskId=${n}`, {
        headers: { authorization: 'Bearer x' },
      });
    }
    expect(judge('CLI-API-01', evidence()).actual).toBe(
      '29 calls to GET /api/v1/runway/record-info did not match any operation; did you mean GET /api/v1/runway/record-detail?',
    );
  });

  it('ignores preflight requests', async () => {
    await start();
    const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' };
    await fetch(`${mock.url}/api/v1/runway/generate`, { method: 'OPTIONS', headers });
    await runwayCalls(mock.url).generate();
    for (const id of ['CLI-API-01', 'CLI-AUTH-01', 'CLI-CRE-01']) {
      expect([id, judge(id, evidence()).status]).toEqual([id, 'passed']);
    }
  });
});

describe('CLI-CRE-01', () => {
  it('names the invalid field', async () => {
    await start();
    await runwayCalls(mock.url).generate({ duration: '5' });
    expect(judge('CLI-CRE-01', evidence()).actual).toMatch(/duration/);
  });
});

describe('CLI-CRE-02', () => {
  it.each([
    ['callbackUrl', { callbackUrl: 'http://127.0.0.1:9/' }, '/callbackUrl'],
    ['one level too deep', { options: { callBackUrl: 'http://127.0.0.1:9/' } }, '/options/callBackUrl'],
  ])('fails for a callback URL in another field: %s', async (_how, change, at) => {
    await start();
    await runwayCalls(mock.url).generate(change);
    expect(judge('CLI-CRE-02', evidence())).toMatchObject({
      status: 'failed',
      actual: `the callback URL is in ${at}, which the vendor ignores`,
    });
  });

  it.each([
    'https://undefined/callback',
    'http://null/',
    'https://NaN/callback',
    'localhost:3000/cb',
    'https:host',
    'https:///callback',
    'ftp://hooks.acme.dev/cb',
    '/callback',
    'http://[object Object]',
    'http://{host}/cb',
  ])('fails for the invalid URL %s', async (callBackUrl) => {
    await start();
    await runwayCalls(mock.url).generate({ callBackUrl });
    expect(judge('CLI-CRE-02', evidence())).toMatchObject({
      status: 'failed',
      actual: expect.stringContaining(`"${callBackUrl}"`),
    });
  });

  it.each([
    'http://127.0.0.1:9/',
    'HTTPS://hooks.acme.dev/cb?job=1',
    'http://[::1]:3000/cb',
    'http://host.docker.internal:3000/cb',
    'https://my_service/cb',
  ])('accepts %s', async (callBackUrl) => {
    await start();
    await runwayCalls(mock.url).generate({ callBackUrl });
    expect(judge('CLI-CRE-02', evidence()).status).toBe('passed');
  });

  it('fails for a client that does not use the URL that it was given', async () => {
    await start();
    await runwayCalls(mock.url).generate();
    expect(judge('CLI-CRE-02', evidence({ callbackUrl: 'https://127.0.0.1:9/' })).actual).toBe(
      'the submission has no callback URL',
    );
    expect(judge('CLI-CRE-02', evidence({ callbackUrl: 'http://127.0.0.1:9/' }))).toMatchObject({
      status: 'not-observable',
      actual: expect.stringContaining('--tls'),
    });
    expect(judge('CLI-CRE-02', evidence({})).status).toBe('not-applicable');
  });
});

describe('CLI-CRE-03', () => {
  it.each([
    ['https://hooks.example.com/x', 'failed'],
    ['http://hooks.acme.dev/x', 'failed'],
    ['https://hooks.acme.dev/x', 'passed'],
    ['http://127.0.0.1:9/x', 'passed'],
    ['http://192.168.1.7/x', 'passed'],
  ])('judges %s as %s', async (callBackUrl, status) => {
    await start();
    await runwayCalls(mock.url).generate({ callBackUrl });
    expect(judge('CLI-CRE-03', evidence()).status).toBe(status);
  });

  it('fails for a host other than that of the configured URL', async () => {
    await start();
    await runwayCalls(mock.url).generate({ callBackUrl: 'https://hooks.acme.dev/x' });
    const run = { callbackUrl: 'http://127.0.0.1:9/' };
    expect(judge('CLI-CRE-03', evidence(run))).toMatchObject({
      status: 'failed',
      actual: 'hooks.acme.dev is not the host of the configured callback URL',
    });
  });
});

describe('CLI-CRE-04', () => {
  it.each([
    [{}, {}, 'failed'],
    [{ 'idempotency-key': 'a' }, { 'idempotency-key': 'a' }, 'passed'],
    [{ 'idempotency-key': 'a' }, { 'idempotency-key': 'b' }, 'failed'],
  ])('compares the idempotency keys %j and %j', async (first, second, status) => {
    await start();
    const api = runwayCalls(mock.url);
    await expect(api.generate({}, { ...first, 'x-mock-scenario': 'submit.reset' })).rejects.toThrow();
    await api.generate({}, second as Record<string, string>);
    expect(judge('CLI-CRE-04', evidence()).status).toBe(status);
  });
});

describe('CLI-CRE-09', () => {
  it('fails for a retry before Retry-After', async () => {
    await start();
    const api = runwayCalls(mock.url);
    for (const waitS of [0, 5, 20]) {
      await mock.clock.advance(waitS * 1000);
      await api.generate({}, { 'x-mock-scenario': 'submit.429' });
    }
    expect(judge('CLI-CRE-09', evidence()).status).toBe('passed');
    const given = evidence();
    const calls = given.calls.map((call) => changed(call, { status: 429, retryAfter: '60' }));
    expect(judge('CLI-CRE-09', { ...given, calls })).toMatchObject({
      status: 'failed',
      actual: expect.stringContaining('but Retry-After asked for 60.0 s'),
    });
  });

  it('ignores Retry-After on HTTP 200', async () => {
    await start();
    for (const waitS of [0, 5, 20]) {
      await mock.clock.advance(waitS * 1000);
      await runwayCalls(mock.url).generate({}, { 'x-mock-scenario': 'submit.429' });
    }
    const given = evidence();
    const calls = given.calls.map((call) => changed(call, { retryAfter: '60' }));
    expect(judge('CLI-CRE-09', { ...given, calls }).status).toBe('passed');
  });
});

describe('CLI-POL-11', () => {
  it('does not mistake a part of a task id for the error code', async () => {
    await start('poll.404*');
    const { taskId } = await runwayCalls(mock.url).generate();
    await runwayCalls(mock.url).details(taskId);
    const statusFor = (output: string) => judge('CLI-POL-11', evidence({ output })).status;
    expect(statusFor('task 7f-404-1 is done')).toBe('failed');
    expect(statusFor('failed with 404')).toBe('passed');
    expect(statusFor('task does not exist')).toBe('passed');
  });
});

describe('CLI-POL-14', () => {
  it('requires the code and the message', async () => {
    await start('fail.nsfw');
    const { taskId } = await runwayCalls(mock.url).generate();
    await mock.clock.advance('2m');
    const { body } = await runwayCalls(mock.url).details(taskId);
    const { failMsg } = body.data;
    expect(judge('CLI-POL-14', evidence({ output: `400: ${failMsg}` })).status).toBe('passed');
    expect(judge('CLI-POL-14', evidence({ output: failMsg })).actual).toContain('the code 400');
    expect(judge('CLI-POL-14', evidence({ output: 'failed with 400' })).actual).toContain(failMsg);
    expect(judge('CLI-POL-14', evidence())).toMatchObject({ status: 'not-observable' });
  });
});

describe('CLI-AUTH-01', () => {
  it.each([
    ['Bearer', 'runway', 'passed'],
    ['bearer', 'runway', 'passed'],
    ['BEARER  ', 'runway', 'passed'],
    ['Token', 'runway', 'failed'],
    ['Token', 'replicate', 'passed'],
    ['token', 'replicate', 'passed'],
    ['Basic', 'replicate', 'failed'],
  ])('judges the scheme %s for %s as %s', async (scheme, name, status) => {
    await start();
    await runwayCalls(mock.url).generate();
    const pack = mock.packs.find((one) => one.name === name) as Pack;
    const given = evidence();
    const headers = { authorization: `${scheme} [bearer key]` };
    const calls = given.calls.map((call) => changed({ ...call, pack }, { headers }));
    expect(judge('CLI-AUTH-01', { ...given, pack, calls }).status).toBe(status);
  });
});

describe('CLI-CRE-12', () => {
  it.each(['runwayml', 'runway'])('finds the limit of %s', (name) => {
    const pack = loadPacks().find((one) => one.name === name) as Pack;
    expect(promptLimitOf(pack)).toBeGreaterThan(500);
  });

  it.each(['replicate', 'luma', 'cometapi'])('is not applicable to %s, which has no limit', async (name) => {
    await start();
    const pack = mock.packs.find((one) => one.name === name) as Pack;
    const stimulus = STIMULI.find(({ name }) => name === 'long-prompt') as Stimulus;
    expect(setUpFor(stimulus, pack)).toBeNull();
    expect(judge('CLI-CRE-12', { ...evidence({}), pack }).actual).toBe(
      'The vendor does not document a limit for prompts.',
    );
  });

  it('is not applicable when the vendor accepts the prompt', async () => {
    await start();
    await runwayCalls(mock.url).generate();
    const given = evidence({});
    const requestBody = JSON.stringify({ prompt: 'x'.repeat(1801) });
    const calls = given.calls.map((call) => changed(call, { requestBody }));
    expect(judge('CLI-CRE-12', { ...given, calls })).toMatchObject({
      status: 'not-applicable',
      actual: 'The vendor accepted a prompt of 1801 characters.',
    });
  });
});

describe('CLI-MED-02', () => {
  it.each([
    ['the video has expired', 'passed'],
    ['Media expire after 14 days', 'passed'],
    ['EXPIRED', 'passed'],
    ['{"expireFlag":1}', 'failed'],
    ['done', 'failed'],
  ])('judges the output "%s" as %s', async (output, status) => {
    await start('media.expired');
    const { taskId } = await runwayCalls(mock.url).generate();
    await mock.clock.advance('5m');
    await runwayCalls(mock.url).details(taskId);
    expect(judge('CLI-MED-02', evidence({ output })).status).toBe(status);
    expect(judge('CLI-MED-02', evidence()).status).toBe('not-observable');
  });
});

describe('CLI-END-01', () => {
  async function made(): Promise<void> {
    await start();
    const { taskId } = await runwayCalls(mock.url).generate();
    await mock.clock.advance('5m');
    await runwayCalls(mock.url).details(taskId);
  }

  it.each([
    [{ exitCode: 0 }, 'passed'],
    [{ exitCode: 1 }, 'failed'],
    [{ exitCode: null }, 'not-observable'],
  ])('judges a client that saw its video and ended with %j as %s', async (run, status) => {
    await made();
    expect(judge('CLI-END-01', evidence(run)).status).toBe(status);
  });

  it('names the last error and the last line of output', async () => {
    await start();
    await runwayCalls(mock.url).generate({ duration: '5' });
    expect(judge('CLI-END-01', evidence({ exitCode: 1, output: 'oh\nno' })).actual).toBe(
      'the client did not see a task succeed and exited with code 1; its last call, POST /api/v1/runway/generate, returned error 422; output: "no"',
    );
  });

  it('fails for exit code 0 without a video', async () => {
    await start();
    await runwayCalls(mock.url).generate();
    expect(judge('CLI-END-01', evidence({ exitCode: 0 })).status).toBe('failed');
  });
});

describe('calls to documented operations that are not mocked', () => {
  it('are not observable, and do not fail the client', async () => {
    await start();
    await runwayCalls(mock.url).generate();
    const given = evidence({ exitCode: 1 });
    const [first] = given.calls;
    if (first === undefined) throw new Error('the call is missing');
    const calls = [changed(first, { route: 'not-mocked', operation: null, does: null, taskId: null })];
    expect(judge('CLI-API-01', { ...given, calls }).status).toBe('not-observable');
    expect(judge('CLI-END-01', { ...given, calls }).status).toBe('not-observable');
    expect(judge('CLI-CRE-01', { ...given, calls }).status).toBe('not-applicable');
  });
});

describe('a client that ended after a transport error', () => {
  const CRASH = { exitCode: 1, output: 'submitted\nTypeError: fetch failed\n    at poll (client.js:4:9)\n' };

  async function crashed(run: Partial<RunFacts>): Promise<Evidence> {
    await start('poll.reset');
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await api.details(taskId).catch(() => undefined);
    await mock.settled();
    return evidence(run);
  }

  it.each([
    ['command', 'exited with code 1 (output: "TypeError: fetch failed")'],
    ['function', 'threw an error (output: "TypeError: fetch failed")'],
  ] as const)(
    'is reported with the end of the %s, in the verdict and in the timeline',
    async (client, ending) => {
      const given = await crashed({ ...CRASH, client });
      expect(judge('CLI-POL-09', given)).toEqual({
        status: 'failed',
        actual: `the client did not poll again, and ${ending}`,
      });
      expect(timelineOf(given, []).at(-1)).toMatchObject({ kind: 'note', text: `the client ${ending}` });
    },
  );
});

describe('a deadline that a client exceeds', () => {
  it('is named with the option that sets it', async () => {
    await start('poll.404*');
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await api.details(taskId);
    await mock.clock.advance('20m');
    await api.details(taskId);
    for (const id of ['CLI-POL-11', 'CLI-POL-13']) {
      const { actual } = judge(id, evidence({ exitCode: null }));
      expect([id, actual]).toEqual([id, expect.stringContaining('(--give-up-within)')]);
    }
  });
});

describe('a run that was stopped early', () => {
  /** Evidence of a run that was stopped right after the last call. */
  const stopped = (): Evidence => evidence({ exitCode: null });

  it('does not pass a client that may still retry', async () => {
    await start('submit.401');
    await runwayCalls(mock.url).generate();
    expect(judge('CLI-AUTH-03', stopped()).status).toBe('not-observable');
    expect(judge('CLI-AUTH-03', { ...stopped(), endsAtMs: 2_000_000 }).status).toBe('passed');
  });

  it('does not show where a client gets its old video when it makes a new one', async () => {
    await start();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await mock.clock.advance('5m');
    await api.details(taskId);
    await mock.clock.advance('15d');
    expect(judge('CLI-MED-03', evidence({})).status).toBe('passed');
    await api.generate();
    expect(judge('CLI-MED-03', evidence({})).status).toBe('not-observable');
  });

  it('is not judged by an interval that the vendor does not document', async () => {
    await start();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate({ callBackUrl: `${mock.url}/__sink` });
    for (let n = 0; n < 4; n++) {
      await api.details(taskId);
      await mock.clock.advance('1m');
    }
    await mock.settled();
    expect(judge('CLI-CBK-01', evidence()).status).toBe('failed');
    const given = evidence();
    const pack = { ...given.pack, clients: { ...given.pack.clients, pollEveryMs: null } };
    expect(judge('CLI-CBK-01', { ...given, pack }).status).toBe('not-applicable');
  });

  it('does not show whether a client reports an error later', async () => {
    await start();
    await runwayCalls(mock.url).generate({ duration: '5' });
    expect(judge('CLI-CRE-07', stopped()).status).toBe('not-observable');
    expect(judge('CLI-CRE-07', { ...stopped(), endsAtMs: 2_000_000 })).toMatchObject({
      status: 'failed',
      actual: expect.stringContaining('was still running and had not reported it'),
    });
    expect(judge('CLI-CRE-07', evidence()).status).toBe('not-observable');
  });
});

describe('CLI-MED-01', () => {
  it('requires a download of the extension, not of its parent', async () => {
    await start();
    const api = runwayCalls(mock.url);
    const finish = async (taskId: string): Promise<string> => {
      await mock.clock.advance('5m');
      return (await api.details(taskId)).body.data.videoInfo.videoUrl;
    };
    const first = await api.generate();
    await finish(first.taskId);
    const second = await api.extend({ taskId: first.taskId });
    const url = await finish(second.taskId);
    expect(judge('CLI-MED-01', evidence({})).actual).toBe('the media was not downloaded');
    await (await fetch(url)).arrayBuffer();
    expect(judge('CLI-MED-01', evidence({})).status).toBe('passed');
  });

  it('fails for a HEAD request and for a partial download', async () => {
    await start();
    const api = runwayCalls(mock.url);
    const { taskId } = await api.generate();
    await mock.clock.advance('5m');
    const url = (await api.details(taskId)).body.data.videoInfo.videoUrl;
    await fetch(url, { method: 'HEAD' });
    expect(judge('CLI-MED-01', evidence({})).actual).toBe(
      'the client sent only HEAD requests and did not download any bytes',
    );
    await (await fetch(url, { headers: { range: 'bytes=0-99' } })).arrayBuffer();
    expect(judge('CLI-MED-01', evidence({})).actual).toMatch(
      /^only 100 bytes of video\.mp4 were downloaded; (the file has \d+ bytes|the rest is missing)$/,
    );
    await (await fetch(url, { headers: { range: 'bytes=100-' } })).arrayBuffer();
    expect(judge('CLI-MED-01', evidence({})).status).toBe('passed');
  });
});
