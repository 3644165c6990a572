import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ended, runInProcess } from './testing/run-in-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-run-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs a script of Node under `stuntdouble run`. The script finds the mock in `url` and writes with `note`. */
async function runScript(script: string, args: readonly string[] = []): Promise<Ended & { notes: string }> {
  const file = join(dir, `script-${Math.random().toString(36).slice(2)}.mjs`);
  const notes = `${file}.txt`;
  writeFileSync(notes, '');
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs';
     const url = process.env.STUNTDOUBLE_URL;
     const note = (text) => appendFileSync(${JSON.stringify(notes)}, text + '\\n');
     const call = (path, body, headers = {}) => fetch(url + path, {
       method: body === undefined ? 'GET' : 'POST',
       headers: { authorization: 'Bearer ' + process.env.STUNTDOUBLE_KEY, 'content-type': 'application/json', ...headers },
       body: body === undefined ? undefined : JSON.stringify(body),
     });
     const order = { prompt: 'a cat', duration: 5, quality: '720p', aspectRatio: '16:9' };
     ${script}`,
  );
  const ended = await runInProcess(['run', ...args, '--', process.execPath, file]);
  return { ...ended, notes: readFileSync(notes, 'utf8') };
}

const SUBMIT = `const { data } = await (await call('/api/v1/runway/generate', order)).json();`;

describe('stuntdouble run', () => {
  it('tells the command where the mock is, and summarizes what it did', async () => {
    const { code, out, err, notes } = await runScript(
      `${SUBMIT} note(data.taskId); await call('/api/v1/runway/generate', {});`,
    );
    expect(notes).toMatch(/^[0-9a-f-]{36}\n$/);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/stuntdouble: 2 calls \(refused: 1 422\), 1 task \(1 unfinished\)/);
    expect(err).toContain('stuntdouble: 0 callbacks, 0 downloads');
  });

  it('counts scenarios, ends of tasks and callbacks', async () => {
    const { err } = await runScript(
      `const callBackUrl = url + '/__sink';
       await call('/api/v1/runway/generate', { ...order, callBackUrl });
       const admin = { method: 'POST', headers: { 'content-type': 'application/json' } };
       await fetch(url + '/__admin/clock', { ...admin, body: JSON.stringify({ advance: '1h' }) });`,
      ['--scenario', 'fail.nsfw', '--clock', 'virtual'],
    );
    expect(err).toContain('1 task (1 failed)');
    expect(err).toContain('1 callback (1 acknowledged)');
    expect(err).toContain('scenarios: 1 fail.nsfw');
  });

  it('fills in the placeholders of --env, and leaves other braces alone', async () => {
    const { notes } = await runScript(`note(process.env.A); note(process.env.B); await call('/unknown');`, [
      '--env',
      'A={url}/v1 {key} {other}',
      '--env',
      'B={"url":"{url:runway}"}',
      '--api-key',
      'k-1,k-2',
      '--port',
      '0',
    ]);
    expect(notes).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/v1 k-1 \{other\}\n\{"url":"http:\/\/127\.0\.0\.1:\d+\/runway"\}\n$/,
    );
  });

  it('refuses an unknown pack in --env before the command runs', async () => {
    const { code, err, notes } = await runScript(`note('ran');`, ['--env', 'A={url:runwai}']);
    expect({ code, notes }).toEqual({ code: 64, notes: '' });
    expect(err).toContain('unknown pack "runwai"');
    expect(err).toContain('Did you mean runway');
  });

  it.each([
    ['its exit code', 'process.exit(7)', 7],
    ['its signal', "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);", 143],
  ])('ends with %s when the command fails, even if it called the mock', async (_what, end, expected) => {
    const { code } = await runScript(`await call('/unknown'); ${end}`);
    expect(code).toBe(expected);
  });

  it('fails when the command never calls the mock, unless that is allowed', async () => {
    const unused = await runScript('');
    expect(unused.code).toBe(3);
    expect(unused.err).toMatch(
      /error\[MOCK_UNUSED\]: The command never called the mock at http.+--allow-unused/s,
    );
    expect((await runScript('', ['--allow-unused'])).code).toBe(0);
  });

  it('prints only JSON on stdout with --json', async () => {
    const { code, out } = await runScript(`await call('/unknown'); `, ['--json']);
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([expect.objectContaining({ type: 'run', exitCode: 0, calls: 1 })]);
  });

  it('prints no summary with --quiet', async () => {
    expect((await runScript(`await call('/unknown');`, ['--quiet'])).err).toBe('');
  });

  it('refuses a missing command, and a command that does not exist', async () => {
    expect(await runInProcess(['run'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('stuntdouble run -- npm test'),
    });
    expect(await runInProcess(['run', '--', 'no-such-program'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('"no-such-program" could not be run: the program does not exist'),
    });
  });

  it('does not mistake the variables of the command for options', async () => {
    const ended = await runInProcess(['events', '--json'], {
      STUNTDOUBLE_URL: 'http://127.0.0.1:1',
      STUNTDOUBLE_KEY: 'k',
    });
    expect({ code: ended.code, err: ended.err }).toEqual({ code: 0, err: '' });
  });
});

describe('stuntdouble run --verify', () => {
  const POLL = `for (let n = 0; n < 4; n += 1) await call('/api/v1/runway/record-detail?taskId=' + data.taskId);`;

  it('fails when a call violates the contract, and writes the reports', async () => {
    const report = join(dir, 'verdicts.json');
    const args = ['--verify', '--strict', '--seed', '7', '--retries', '1', '--report', `json=${report}`];
    const { code, err } = await runScript(`${SUBMIT} ${POLL}`, args);
    expect(code).toBe(1);
    expect(err).toContain('CLI-POL-03');
    const { cases } = JSON.parse(readFileSync(report, 'utf8')) as { cases: { id: string; status: string }[] };
    expect(cases.find(({ id }) => id === 'CLI-POL-03')).toMatchObject({
      status: 'failed',
      replay: expect.stringMatching(/ run --strict --verify --(seed 7 --retries 1|retries 1 --seed 7) -- /),
    });
  });

  it('keeps the exit code of a command that failed', async () => {
    expect((await runScript(`${SUBMIT} ${POLL} process.exit(5)`, ['--verify'])).code).toBe(5);
  });

  it('passes for calls that violate nothing', async () => {
    expect((await runScript(SUBMIT, ['--verify'])).code).toBe(0);
  });
});
