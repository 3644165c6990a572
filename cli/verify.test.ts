import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeJournal } from '../contract-tests/client/judge-journal.ts';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { isRunning } from '../fixtures/is-running.ts';
import { openPlainReceiver, type PlainReceiverOptions } from '../fixtures/receivers/plain-receiver.ts';
import { openReceiver, type Reaction } from '../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type Judge } from '../mock-server/index.ts';
import { runInProcess } from './testing/run-in-process.ts';

const MAIN = join(import.meta.dirname, '../dist/cli/main.js');

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  // Variables that control the tests must not reach the command.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('STUNTDOUBLE_'));
  const env = { ...Object.fromEntries(own), NO_COLOR: '1' };
  const child = spawn(process.execPath, [MAIN, ...args], { env });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

/** Opens a receiver that gives these answers and does nothing else. */
async function receiver(...script: Reaction[]): Promise<string> {
  const made = await openReceiver(...script);
  undo.push(() => made.close());
  return made.url;
}

/** Opens a receiver that rejects requests that are not callbacks, and downloads media. */
async function plainReceiver(options: PlainReceiverOptions = {}): Promise<string> {
  const made = await openPlainReceiver(options);
  undo.push(() => made.close());
  return made.url;
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-verify-'));
  undo.push(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** Returns the violations of the report schema; empty if the report is valid. */
function schemaErrors(report: unknown): unknown {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const schema = readFileSync(join(import.meta.dirname, '../spec/report.schema.json'), 'utf8');
  const validate = ajv.compile(JSON.parse(schema));
  return validate(report) ? [] : validate.errors;
}

const quick = ['--event', 'runway.generate', '--ack-timeout', '500ms', '--settle', '1s'];

describe('verify receiver', () => {
  it('exits with 0 if all MUST cases pass, and prints the cases', async () => {
    const { code, out, err } = await run(
      'verify',
      'receiver',
      await plainReceiver(),
      ...quick,
      '--only',
      'RCV-ACK',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/✓ RCV-ACK-01 +A success callback is acknowledged/);
    expect(out).toContain('5 passed');
    expect(err).toMatch(/✓ RCV-ACK-05/);
  });

  it('exits with 1 if a MUST case fails, and prints the answer and how to reproduce the failure', async () => {
    const url = await receiver(500);
    const { code, out } = await run('verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-01');
    expect(code).toBe(1);
    expect(out).toMatch(/✗ RCV-ACK-01/);
    expect(out).toContain('HTTP 500');
    expect(out).toContain(`main.js verify receiver ${url} --event runway.generate --only RCV-ACK-01`);
  });

  it('exits with 2 if a SHOULD case fails, but only under --strict', async () => {
    const url = await plainReceiver({ refuses: false });
    const asked = ['verify', 'receiver', url, ...quick, '--only', 'RCV-ENV-08'];
    expect((await runInProcess(asked)).code).toBe(0);
    expect((await runInProcess([...asked, '--strict'])).code).toBe(2);
  });

  it('exits with 2 under --strict if the answers are acceptable but not as documented', async () => {
    const url = await plainReceiver({ status: 202 });
    const asked = ['verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-01'];
    const { code, out } = await runInProcess(asked);
    expect(code).toBe(0);
    expect(out).toMatch(/~ RCV-ACK-01/);
    expect((await runInProcess([...asked, '--strict'])).code).toBe(2);
  });

  it('exits with 3 if no verdict is possible', async () => {
    const nobody = await run('verify', 'receiver', 'http://127.0.0.1:1/callback', ...quick);
    expect(nobody.code).toBe(3);
    expect(nobody.err).toMatch(/ECONNREFUSED[\s\S]*Start the receiver first/);
    const vacuous = await run('verify', 'receiver', await plainReceiver(), ...quick, '--only', 'RCV-IDM-06');
    expect(vacuous.code).toBe(3);
    expect(vacuous.out).toMatch(/○ No verdict\. None of the cases could be judged/);
  });

  it.each([
    [['http://127.0.0.1:1/', '--event', 'runway.generat'], /Did you mean runway\.generate/],
    [['http://127.0.0.1:1/', '--event', 'runway.generate', '--only', 'RCV-XXX'], /Unknown case "RCV-XXX"/],
    [
      ['http://127.0.0.1:1/', '--event', 'runway.generate', '--report', 'pdf=x'],
      /Unknown report format "pdf"/,
    ],
    [
      ['somewhere', '--event', 'runway.generate'],
      /The URL of the receiver must begin with http:\/\/ or https:\/\/, got "somewhere"/,
    ],
    [['--event', 'runway.generate'], /The URL of the receiver is missing/],
    [['http://127.0.0.1:1/'], /--event is required/],
  ])('exits with 64 for invalid usage: %j', async (args, message) => {
    const { code, err } = await runInProcess(['verify', 'receiver', ...args]);
    expect(code).toBe(64);
    expect(err).toMatch(message);
  });

  it('rejects a report that cannot be written before running any case', async () => {
    const url = await receiver();
    const blocked = join(folder(), 'file');
    writeFileSync(blocked, '');
    const targets = [join(blocked, 'r'), dirname(blocked), '/proc/none/r'];
    const runs = targets.map((target) =>
      runInProcess([
        ...['verify', 'receiver', url, ...quick, '--only', 'RCV-ACK'],
        ...['--report', `junit=${target}`],
      ]),
    );
    for (const { code, err, out } of await Promise.all(runs)) {
      expect([code, out]).toEqual([64, '']);
      expect(err).toMatch(/^error\[OPTION_INVALID\]: Cannot write the report .*: E/);
    }
  });

  it('creates the folder of a report', async () => {
    const file = join(folder(), 'a/b/r.json');
    await run(
      'verify',
      'receiver',
      await receiver(),
      ...quick,
      '--only',
      'RCV-ACK',
      '--report',
      `json=${file}`,
    );
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ suite: 'receiver' });
  });

  it('writes every report and shows previous reports next to it on one page', async () => {
    const dir = folder();
    const file = (name: string): string => join(dir, name);
    const reports = ['junit=r.xml', 'sarif=r.sarif', 'json=r.json', 'html=r.html'];
    const targets = reports.map((report) => report.replace('=', `=${dir}/`)).join(',');
    const url = await plainReceiver();
    const { code } = await run('verify', 'receiver', url, ...quick, '--only', 'RCV-ACK', '--report', targets);
    expect(code).toBe(0);
    expect(readFileSync(file('r.xml'), 'utf8')).toMatch(
      /<testsuite [^>]*name="Acknowledgement" [^>]*tests="6"/,
    );
    expect(JSON.parse(readFileSync(file('r.sarif'), 'utf8')).runs[0].results).toEqual([]);
    const json = JSON.parse(readFileSync(file('r.json'), 'utf8'));
    expect(json).toMatchObject({ summary: { passed: 5 } });
    expect(schemaErrors(json)).toEqual([]);
    expect(readFileSync(file('r.html'), 'utf8')).toContain(url);
    const compared = await run(
      ...['verify', 'receiver', await receiver(500), ...quick, '--only', 'RCV-ACK-01'],
      ...['--compare', file('r.json'), '--report', `html=${file('both.html')}`],
    );
    expect(compared.code).toBe(1);
    const page = readFileSync(file('both.html'), 'utf8');
    expect(page).toContain(url);
    expect(page).toMatch(/2 targets|of 2|<th[^>]*>[\s\S]*<th[^>]*>[\s\S]*<th/);
  });

  it('prints the limits for an answer and for the run before the first case', async () => {
    const url = await plainReceiver();
    const { err } = await runInProcess(['verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-01']);
    expect(err.split('\n')[0]).toMatch(
      /^Testing 1 case\. The receiver has 500 ms for each answer \(--ack-timeout\)\. If it never answers, the run stops early, after \d+ s\.$/,
    );
  });

  it('prints an invalid answer of the receiver', async () => {
    const url = await plainReceiver({ statusOfFailures: 419 });
    const { out } = await runInProcess(['verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-02']);
    expect(out).toMatch(/✗ RCV-ACK-02[\s\S]*response +HTTP 419 "?received/);
  });

  it('prints a command line that reproduces the case', async () => {
    const url = await receiver(500);
    const { out } = await run('verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-01', '--strict');
    const [, line = ''] = /reproduce +(.*)/.exec(out) ?? [];
    expect(line).toContain(`verify receiver --strict ${url} --event runway.generate --only RCV-ACK-01`);
    const again = spawn(line, { shell: true, env: { ...process.env, NO_COLOR: '1' } });
    expect(await new Promise((resolve) => again.on('close', resolve))).toBe(1);
  });

  it('compares reports without an event or a receiver', async () => {
    const dir = folder();
    const json = join(dir, 'r.json');
    await runInProcess([
      ...['verify', 'receiver', await plainReceiver(), ...quick, '--only', 'RCV-ACK-01'],
      ...['--report', `json=${json}`],
    ]);
    const html = join(dir, 'r.html');
    const args = ['--compare', json, json, '--report', `html=${html}`];
    expect((await runInProcess(['verify', 'receiver', ...args])).code).toBe(0);
    expect(readFileSync(html, 'utf8')).toContain('RCV-ACK-01');
  });

  it('writes SARIF results that refer to a file', async () => {
    const sarif = join(folder(), 'r.sarif');
    const location = ['--sarif-location', 'fixtures/receivers/receiver.ts'];
    await runInProcess([
      ...['verify', 'receiver', await receiver(500), ...quick, '--only', 'RCV-ACK-01'],
      ...['--report', `sarif=${sarif}`, ...location],
    ]);
    const [result] = JSON.parse(readFileSync(sarif, 'utf8')).runs[0].results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe('fixtures/receivers/receiver.ts');
  });

  it('selects the quick cases with --quick', async () => {
    const listed = async (...args: string[]) => {
      const list = ['verify', 'receiver', '--event', 'runway.generate', '--list'];
      const { out } = await runInProcess([...list, ...args]);
      return out.match(/RCV-\w+-\d+/g) ?? [];
    };
    const few = await listed('--quick');
    expect(few).toContain('RCV-IDM-01');
    expect(few.length).toBeLessThan((await listed()).length / 2);
    expect(await listed('--quick', '--only', 'RCV-MED-01')).toEqual(['RCV-MED-01']);
  });

  it('prints only JSON under --json', async () => {
    const { out } = await run(
      'verify',
      'receiver',
      await plainReceiver(),
      ...quick,
      '--only',
      'RCV-ACK',
      '--json',
    );
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['case', 'case', 'case', 'case', 'case', 'case', 'report']);
    expect(lines.at(-1)).toMatchObject({ conclusion: 'passed', summary: { passed: 5 } });
  });

  it('lists its cases without running them', async () => {
    const { code, out } = await run(
      'verify',
      'receiver',
      'http://127.0.0.1:1/',
      ...quick,
      '--list',
      '--only',
      'RCV-MED',
    );
    expect(code).toBe(0);
    expect(out.match(/RCV-\w+-\d+/g)).toEqual(['RCV-MED-01', 'RCV-MED-02', 'RCV-MED-03']);
    expect((await run('cases')).out.match(/RCV-\w+-\d+/g)).toHaveLength(49);
  });
});

describe('verify payload', () => {
  const good = {
    code: 400,
    msg: 'Inappropriate content detected. Please replace the image or video.',
    data: { task_id: 'a', video_id: '', video_url: '', image_url: '' },
  };
  const capture = (...lines: unknown[]): string => {
    const file = join(folder(), 'capture.jsonl');
    writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    return file;
  };

  it('exits with 0 for valid messages', async () => {
    const { code, out } = await run('verify', 'payload', capture(good, good), '--event', 'runway.generate');
    expect([code, out]).toEqual([0, 'ok: 2 messages valid\n']);
  });

  it('exits with 1 and prints the line, the field, the expected value and the page', async () => {
    const file = capture(good, { ...good, code: '400' });
    const { code, out } = await runInProcess(['verify', 'payload', file, '--event', 'runway.generate']);
    expect(code).toBe(1);
    expect(out).toContain(`${file}:2: /code code must be`);
    expect(out).toContain('source: AI Video Generation Callbacks');
    expect(out).toContain('1 of 2 messages invalid');
  });

  it('writes reports that name the file and the line', async () => {
    const file = capture(good, { ...good, code: '400' });
    const [junit, sarif] = [join(folder(), 'reports/a.xml'), join(folder(), 'reports/a.sarif')];
    const report = `junit=${junit},sarif=${sarif}`;
    const args = ['verify', 'payload', file, '--event', 'runway.generate', '--report', report];
    expect((await runInProcess(args)).code).toBe(1);
    expect(readFileSync(junit, 'utf8')).toMatch(/tests="2" failures="1"/);
    const { runs } = JSON.parse(readFileSync(sarif, 'utf8'));
    const places = (runs[0].results as { locations: [{ physicalLocation: unknown }] }[]).map(
      ({ locations }) => locations[0].physicalLocation,
    );
    const place = { artifactLocation: { uri: file }, region: { startLine: 2 } };
    // Each form of the callback that the document allows has a problem of its own.
    expect(new Set(places.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(place)]));
    expect(runs[0].results[0].message.text).toMatch(/^\/code code must be /);
  });

  it('accepts captured answers', async () => {
    const file = capture({ code: 200, msg: 'success', data: { taskId: 'a' } });
    const args = ['verify', 'payload', file, '--answer', 'runway/generate-ai-video'];
    expect((await runInProcess(args)).code).toBe(0);
  });

  it.each([
    [['nowhere.json', '--event', 'runway.generate'], 3, /Cannot read nowhere\.json: /],
    [['package.json'], 64, /--event NAME/],
    [['package.json', '--event', 'runway.x'], 64, /Unknown event "runway\.x"/],
    [['package.json', '--answer', 'runway/x'], 64, /Unknown operation "x"/],
    [
      ['package.json', '--event', 'runway.generate', '--report', 'html=a.html'],
      64,
      /no report in the format "html"\.\n\s*Choose from: junit, sarif\./,
    ],
  ])('reports missing or invalid arguments: %j', async (args, exit, message) => {
    const { code, err } = await runInProcess(['verify', 'payload', ...args]);
    expect(code).toBe(exit);
    expect(err).toMatch(message);
  });
});

const PYTHON_CLIENT = join(import.meta.dirname, '../fixtures/clients/python_client.py');

/** Runs the Python client with its waits divided by 300. */
function client(
  defect: string,
  ...asked: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { API_BASE: '{url}', API_KEY: '{key}', DIR: '{dir}', TIME_SCALE: '300', DEFECT: defect };
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  return run(
    ...['verify', 'client', '--time-scale', '300x', ...variables, ...asked],
    ...['--', 'python3', PYTHON_CLIENT, '{prompt}'],
  );
}

describe('verify client', () => {
  it('exits with 0 if all MUST cases pass, and prints the cases', async () => {
    const { code, out, err } = await client('', '--only', 'CLI-AUTH', 'CLI-CRE-07');
    expect(code).toBe(0);
    expect(out).toMatch(/✓ CLI-CRE-07 +An error inside HTTP 200 is treated as an error/);
    expect(out).toContain('pack runway (documented)');
    expect(out).toContain('wall time, 300x');
    expect(out).toContain('4 passed');
    expect(err).toMatch(/✓ CLI-CRE-07/);
  });

  it('exits with 1 if a MUST case fails, and prints the calls and how to reproduce the failure', async () => {
    const dir = folder();
    const names = ['junit.xml', 'report.html', 'report.sarif', 'report.json'];
    const [junit, html, sarif, json] = names.map((name) => join(dir, name));
    const { code, out } = await client(
      'CLI-POL-14',
      ...['--only', 'CLI-POL-14', '--report', `junit=${junit},html=${html},sarif=${sarif},json=${json}`],
    );
    expect(code).toBe(1);
    expect(out).toMatch(/✗ CLI-POL-14/);
    expect(out).toContain('did not report');
    expect(out).toContain('main.js verify client --only CLI-POL-14');
    expect(readFileSync(String(junit), 'utf8')).toMatch(/<testsuites?[^>]*failures="1"/);
    expect(readFileSync(String(html), 'utf8')).toContain('CLI-POL-14');
    expect(schemaErrors(JSON.parse(readFileSync(String(json), 'utf8')))).toEqual([]);
    expect(JSON.parse(readFileSync(String(sarif), 'utf8')).runs[0].results[0].ruleId).toBe('CLI-POL-14');
  });

  it('exits with 2 if a SHOULD case fails, but only under --strict', async () => {
    const asked = ['--only', 'CLI-MED-01'];
    expect((await client('CLI-MED-01', ...asked)).code).toBe(0);
    expect((await client('CLI-MED-01', ...asked, '--strict')).code).toBe(2);
  });

  it('exits with 3 if no verdict is possible: no call, no program, or no applicable case', async () => {
    const silent = await run('verify', 'client', '--', process.execPath, '-e', 'console.log("hello")');
    expect(silent.code).toBe(3);
    expect(silent.err).toMatch(/did not call the mock\. It exited with code 0:\nhello/);
    expect(silent.err).toContain('--env API_BASE={url}');
    const missing = await run('verify', 'client', '--', 'no-such-program');
    expect(missing.code).toBe(3);
    expect(missing.err).toContain('the program does not exist');
    expect((await client('', '--only', 'CLI-CBK')).code).toBe(3);
  });

  it('exits with 64 for invalid usage and prints a remedy', async () => {
    for (const args of [
      [],
      ['--env', 'API', '--', 'true'],
      ['--time-scale', 'fast', '--', 'true'],
      ['--only', 'CLI-POL-99', '--', 'true'],
    ]) {
      const { code, err } = await runInProcess(['verify', 'client', ...args]);
      expect(code).toBe(64);
      expect(err).toMatch(/^error\[[A-Z_]+\]: .*(Pass|like|Did you mean)/s);
    }
  });

  it('judges what the clients of a running mock have done so far, with --url', async () => {
    const judge: Judge = (entries, packs) => judgeJournal([...entries], packs);
    const mock = await createMockServer({ clock: 'virtual', judge, adminToken: 'a-token' }).listen();
    const asked = ['verify', 'client', '--url', mock.url, '--admin-token', 'a-token'];
    try {
      expect((await runInProcess(asked)).code).toBe(3);
      const { body } = await runwayCalls(mock.url).details('no-such-task');
      expect(body).toMatchObject({ code: 404 });
      const { code, out } = await runInProcess([...asked, '--only', 'CLI-AUTH']);
      expect([code, out]).toEqual([0, expect.stringMatching(/✓ CLI-AUTH-01.*2 cases judged: 2 passed/s)]);
      expect(out).not.toContain('CLI-POL');
      await fetch(`${mock.url}/api/v1/runway/record-detail?taskId=x`);
      expect((await runInProcess(asked)).code).toBe(1);
      expect((await runInProcess(asked.slice(0, 4))).err).toContain('Authorization: Bearer');
      expect((await runInProcess([...asked, '--', 'true'])).err).toContain('runs no client');
    } finally {
      await mock.close();
    }
  });

  it('lists its cases without running the client', async () => {
    const { code, out } = await runInProcess(['verify', 'client', '--list', '--only', 'cli-cbk']);
    expect(code).toBe(0);
    expect(out.match(/CLI-/g)).toHaveLength(3);
  });

  it('prints one JSON object per line under --json', async () => {
    const { out } = await client('', '--only', 'CLI-AUTH-01', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['case', 'report']);
    expect(lines[1]).toMatchObject({ suite: 'client', conclusion: 'passed' });
  });

  it('stops the client when it is stopped', async () => {
    const file = join(folder(), 'pid');
    const script = `require('fs').writeFileSync(process.env.PID_FILE, String(process.pid)); setInterval(() => {}, 1000)`;
    const judge = spawn(process.execPath, [
      MAIN,
      ...['verify', 'client', '--env', `PID_FILE=${file}`, '--', process.execPath, '-e', script],
    ]);
    const ended = new Promise((resolve) => judge.on('close', resolve));
    await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8')).toMatch(/^\d+$/);
    const pid = Number(readFileSync(file, 'utf8'));
    judge.kill('SIGINT');
    expect(await ended).toBe(130);
    await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
