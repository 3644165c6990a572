import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openReceiver, type Reaction } from '../fixtures/receivers/scripted-receiver.ts';

const MAIN = join(import.meta.dirname, '../dist/cli/main.js');

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, NO_COLOR: '1' } });
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

async function receiver(...script: Reaction[]): Promise<string> {
  const made = await openReceiver(...script);
  undo.push(() => made.close());
  return made.url;
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-verify-'));
  undo.push(() => rmSync(dir, { recursive: true }));
  return dir;
}

const quick = ['--event', 'runway.generate', '--ack-timeout', '500ms', '--settle', '60ms'];

describe('verify receiver', () => {
  it('ends with 0 when nothing that must hold was broken, and says what was judged', async () => {
    const { code, out, err } = await run(
      'verify',
      'receiver',
      await receiver(200),
      ...quick,
      '--only',
      'RCV-ACK',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/✓ RCV-ACK-01 +A success is acknowledged/);
    expect(out).toContain('5 passed');
    expect(err).toMatch(/RCV-ACK-05 passed/);
  });

  it('ends with 1 when a MUST was broken, with what was sent, expected and got, and how to see it again', async () => {
    const url = await receiver(500);
    const { code, out } = await run('verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-01');
    expect(code).toBe(1);
    expect(out).toMatch(/✗ RCV-ACK-01/);
    expect(out).toContain('HTTP 500');
    expect(out).toContain(`stuntdouble verify receiver ${url} --event runway.generate --only RCV-ACK-01`);
  });

  it('ends with 2 when a SHOULD was broken, under --strict alone', async () => {
    const url = await receiver(200);
    const asked = ['verify', 'receiver', url, ...quick, '--only', 'RCV-ENV-08'];
    expect((await run(...asked)).code).toBe(0);
    expect((await run(...asked, '--strict')).code).toBe(2);
  });

  it('ends with 2 under --strict when the answers are legal, and not what the page asks for', async () => {
    const url = await receiver(202);
    const asked = ['verify', 'receiver', url, ...quick, '--only', 'RCV-ACK-01'];
    const { code, out } = await run(...asked);
    expect(code).toBe(0);
    expect(out).toMatch(/~ RCV-ACK-01/);
    expect((await run(...asked, '--strict')).code).toBe(2);
  });

  it('ends with 3 when nothing could be judged', async () => {
    const nobody = await run('verify', 'receiver', 'http://127.0.0.1:1/callback', ...quick);
    expect(nobody.code).toBe(3);
    expect(nobody.err).toMatch(/ECONNREFUSED[\s\S]*start the receiver first/);
    const vacuous = await run('verify', 'receiver', await receiver(200), ...quick, '--only', 'RCV-IDM-06');
    expect(vacuous.code).toBe(3);
    expect(vacuous.out).toMatch(/nothing was judged/i);
  });

  it.each([
    [['http://127.0.0.1:1/', '--event', 'runway.generat'], /Did you mean runway\.generate/],
    [['http://127.0.0.1:1/', '--event', 'runway.generate', '--only', 'RCV-XXX'], /no case "RCV-XXX"/],
    [['http://127.0.0.1:1/', '--event', 'runway.generate', '--report', 'pdf=x'], /no report "pdf"/],
    [['somewhere', '--event', 'runway.generate'], /no URL of a receiver/],
    [['--event', 'runway.generate'], /no URL to judge/],
    [['http://127.0.0.1:1/'], /--event/],
  ])('ends with 64 when it is used wrongly: %j', async (args, message) => {
    const { code, err } = await run('verify', 'receiver', ...args);
    expect(code).toBe(64);
    expect(err).toMatch(message);
  });

  it('writes every report, and puts earlier ones beside each other on one page', async () => {
    const dir = folder();
    const file = (name: string): string => join(dir, name);
    const reports = ['junit=r.xml', 'sarif=r.sarif', 'json=r.json', 'html=r.html'];
    const targets = reports.map((report) => report.replace('=', `=${dir}/`)).join(',');
    const url = await receiver(200);
    const { code } = await run('verify', 'receiver', url, ...quick, '--only', 'RCV-ACK', '--report', targets);
    expect(code).toBe(0);
    expect(readFileSync(file('r.xml'), 'utf8')).toContain('<testsuite name="Acknowledgement" tests="5"');
    expect(JSON.parse(readFileSync(file('r.sarif'), 'utf8')).runs[0].results).toEqual([]);
    expect(JSON.parse(readFileSync(file('r.json'), 'utf8'))).toMatchObject({ summary: { passed: 5 } });
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

  it('prints JSON and nothing else under --json', async () => {
    const { out } = await run(
      'verify',
      'receiver',
      await receiver(200),
      ...quick,
      '--only',
      'RCV-ACK',
      '--json',
    );
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(['case', 'case', 'case', 'case', 'case', 'report']);
    expect(lines.at(-1)).toMatchObject({ conclusion: 'passed', summary: { passed: 5 } });
  });

  it('lists its cases, and sends nothing', async () => {
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
    expect((await run('cases')).out.match(/RCV-\w+-\d+/g)).toHaveLength(40);
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

  it('ends with 0 for messages as the contract wants', async () => {
    const { code, out } = await run('verify', 'payload', capture(good, good), '--event', 'runway.generate');
    expect([code, out]).toEqual([0, 'ok: 2 messages as the contract wants\n']);
  });

  it('ends with 1 and names line, field, what was expected and got, and the page', async () => {
    const file = capture(good, { ...good, code: '400' });
    const { code, out } = await run('verify', 'payload', file, '--event', 'runway.generate');
    expect(code).toBe(1);
    expect(out).toContain(`${file}:2: /code code must be`);
    expect(out).toContain('rests on: AI Video Generation Callbacks');
    expect(out).toContain('1 of 2 messages broke the contract');
  });

  it('takes answers, too', async () => {
    const file = capture({ code: 200, msg: 'success', data: { taskId: 'a' } });
    expect((await run('verify', 'payload', file, '--answer', 'runway/generate-ai-video')).code).toBe(0);
  });

  it.each([
    [['nowhere.json', '--event', 'runway.generate'], 3, /nowhere\.json cannot be read/],
    [['package.json'], 64, /--event NAME/],
    [['package.json', '--event', 'runway.x'], 64, /no event "runway\.x"/],
    [['package.json', '--answer', 'runway/x'], 64, /no operation "x"/],
  ])('says what it needs: %j', async (args, exit, message) => {
    const { code, err } = await run('verify', 'payload', ...args);
    expect(code).toBe(exit);
    expect(err).toMatch(message);
  });
});
