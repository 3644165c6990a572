import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { isRunning } from '../fixtures/is-running.ts';
import { openPlainReceiver } from '../fixtures/receivers/plain-receiver.ts';
import { openReceiver } from '../fixtures/receivers/scripted-receiver.ts';
import type { JournalEntry } from '../mock-server/index.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'dist/cli/stuntdouble.js');

interface Step {
  readonly id?: string;
  readonly if: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
};

const home = mkdtempSync(join(tmpdir(), 'stuntdouble-action-'));
afterAll(() => {
  // A mock outlives its step, so a test that failed has left it.
  for (const job of readdirSync(home)) {
    const state = join(home, job, 'stuntdouble/mock.json');
    if (existsSync(state)) process.kill((JSON.parse(readFileSync(state, 'utf8')) as { pid: number }).pid);
  }
  rmSync(home, { recursive: true, force: true });
});

/** A job of the runner, with the files through which its steps communicate. */
function openJob(name: string) {
  const folder = join(home, name);
  mkdirSync(folder);
  const files = { GITHUB_OUTPUT: 'output', GITHUB_ENV: 'env', GITHUB_STEP_SUMMARY: 'summary' };
  for (const file of Object.values(files)) writeFileSync(join(folder, file), '');
  const paths = Object.fromEntries(
    Object.entries(files).map(([variable, file]) => [variable, join(folder, file)]),
  );

  /** Runs the steps of the action whose condition names the command, as the runner does. */
  async function use(inputs: Readonly<Record<string, string>>) {
    const given = { ...defaults(), ...inputs };
    writeFileSync(join(folder, 'output'), '');
    const steps = action.runs.steps.filter(
      (step) => step.run !== undefined && step.if === `inputs.command == '${given.command}'`,
    );
    expect(steps).toHaveLength(1);
    const [step] = steps;
    const env = Object.fromEntries(
      Object.entries(step?.env ?? {}).map(([variable, text]) => [variable, filled(text, given)]),
    );
    const ran = await promisify(execFile)('bash', ['-eo', 'pipefail', '-c', step?.run ?? ''], {
      cwd: folder,
      env: { PATH: process.env.PATH, RUNNER_TEMP: folder, GITHUB_WORKSPACE: folder, ...paths, ...env },
    }).then(
      (ended) => ({ code: 0, ...ended }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code: ran.code, log: ran.stdout + ran.stderr, outputs: read('output') };
  }

  function read(file: string): Record<string, string> {
    const text = readFileSync(join(folder, file), 'utf8');
    const pairs = [...text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2\n/gm)];
    return Object.fromEntries(pairs.map(([, key = '', , value = '']) => [key, value]));
  }

  return {
    use,
    folder,
    variables: () => read('env'),
    summary: () => readFileSync(join(folder, 'summary'), 'utf8'),
  };
}

function defaults(): Record<string, string> {
  return Object.fromEntries(Object.entries(action.inputs).map(([name, { default: value }]) => [name, value]));
}

function filled(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{ (\S+) \}\}/g, (_all, path: string) => {
    if (path === 'github.action_path') return ROOT;
    const value = inputs[path.replace('inputs.', '')];
    if (value === undefined) throw new Error(`the action has no input for ${path}`);
    return value;
  });
}

describe('the action for GitHub', () => {
  it('is composite, and every output comes from a step that exists', () => {
    expect(action.runs.using).toBe('composite');
    const ids = action.runs.steps.map(({ id }) => id);
    for (const { value } of Object.values(action.outputs)) {
      expect(ids).toContain(/steps\.(\w+)\.outputs/.exec(value)?.[1]);
    }
  });

  it('starts a mock that outlives the step, saves its journal and stops it', async () => {
    const job = openJob('mock');
    const setup = await job.use({ command: 'setup', program: PROGRAM, options: '--clock virtual --seed 7' });
    expect(setup.code, setup.log).toBe(0);
    const { url = '', 'admin-url': adminUrl, token } = setup.outputs;
    expect({ adminUrl, token, variables: job.variables() }).toEqual({
      adminUrl: `${url}/__admin`,
      token: '',
      variables: { STUNTDOUBLE_URL: url },
    });
    const { taskId } = await runwayCalls(url).generate();
    const { pid } = JSON.parse(readFileSync(join(job.folder, 'stuntdouble/mock.json'), 'utf8'));
    const second = await job.use({ command: 'setup', program: PROGRAM });
    expect([second.code, second.outputs]).toEqual([1, {}]);
    expect(second.log).toContain('::error::A mock is already running in this job.');
    const finish = await job.use({ command: 'finish' });
    expect(finish.code, finish.log).toBe(0);
    expect(readFileSync(finish.outputs.journal ?? '', 'utf8')).toContain(taskId);
    expect(isRunning(pid)).toBe(false);
    expect((await job.use({ command: 'finish' })).log).toContain('no mock was started');
  });

  it('hides the token of a mock that can be reached from outside', async () => {
    const job = openJob('token');
    const { outputs, log, code } = await job.use({
      command: 'setup',
      program: PROGRAM,
      options: '--host 0.0.0.0 --admin-token "a secret token"',
    });
    expect(code, log).toBe(0);
    expect(outputs.token).toBe('a secret token');
    expect(log).toContain('::add-mask::a secret token');
    expect((await job.use({ command: 'finish' })).code).toBe(0);
  });

  it('explains why a mock does not start', async () => {
    const { code, log } = await openJob('broken').use({
      command: 'setup',
      program: PROGRAM,
      options: '--speed never',
    });
    expect(code).toBe(1);
    expect(log).toMatch(/::error::The mock did not start.*%0Aerror\[OPTION_INVALID\]/);
  });

  it('judges a receiver, and writes reports, annotations and a summary', async () => {
    const job = openJob('receiver');
    const receiver = await openReceiver(500);
    try {
      const options = '--only RCV-ACK-01 --settle 100ms';
      const { code, outputs, log } = await job.use({
        command: 'verify',
        program: PROGRAM,
        target: receiver.url,
        event: 'runway.generate',
        options,
      });
      expect(code, log).toBe(1);
      expect(outputs.conclusion).toBe('failed');
      expect(log).toMatch(/::error title=RCV-ACK-01 [^:]+::Expected: .*%0AActual: .*%0AHow to fix: /);
      expect(JSON.parse(readFileSync(outputs.sarif ?? '', 'utf8'))).toMatchObject({ version: '2.1.0' });
      expect(readFileSync(outputs.junit ?? '', 'utf8')).toContain('<testsuite');
      expect(job.summary()).toMatch(/### stuntdouble: receiver did not pass\n[\s\S]*\| RCV-ACK-01 /);
    } finally {
      receiver.close();
    }
  });

  it('serves a whole job: an application that calls the mock, verdicts on it, and the journal', async () => {
    const job = openJob('whole');
    const receiver = await openPlainReceiver();
    try {
      const setup = await job.use({ command: 'setup', program: PROGRAM, options: '--clock virtual' });
      expect(setup.code, setup.log).toBe(0);
      // The tests of the application, which find the mock in the variable that the step has set.
      const { STUNTDOUBLE_URL: url = '' } = job.variables();
      const { taskId } = await runwayCalls(url).generate({ callBackUrl: receiver.url });
      const moved = await fetch(`${setup.outputs['admin-url']}/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance: '1h' }),
      });
      expect(moved.status).toBe(200);
      const verify = await job.use({
        command: 'verify',
        program: PROGRAM,
        target: receiver.url,
        event: 'runway.generate',
        options: '--only RCV-ACK-01 --settle 100ms',
      });
      expect([verify.code, verify.outputs.conclusion], verify.log).toEqual([0, 'passed']);
      expect(job.summary()).toContain('### stuntdouble: receiver passed');
      const finish = await job.use({ command: 'finish' });
      const entries = readFileSync(finish.outputs.journal ?? '', 'utf8')
        .trimEnd()
        .split('\n');
      const ended = entries
        .map((line) => JSON.parse(line) as JournalEntry)
        .flatMap((entry) => (entry.type === 'attempt.ended' ? [entry] : []));
      expect(ended.map((entry) => [entry.taskId, entry.attempt.outcome])).toEqual([[taskId, 'acknowledged']]);
    } finally {
      receiver.close();
    }
  });

  it('judges captured messages', async () => {
    const job = openJob('payload');
    const file = join(job.folder, 'messages.jsonl');
    writeFileSync(file, '{"code":200}\n');
    const inputs = { command: 'verify', program: PROGRAM, kind: 'payload', event: 'runway.generate' };
    const { code, outputs, log } = await job.use({ ...inputs, target: file });
    expect([code, outputs.conclusion], log).toEqual([1, 'failed']);
    expect(log).toMatch(
      /::error file=[^,]*messages\.jsonl,line=1,title=runway\.generate::\/\S* [^:]*%0ASource: /,
    );
    expect(JSON.parse(readFileSync(outputs.sarif ?? '', 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(readFileSync(outputs.junit ?? '', 'utf8')).toContain('failures="1"');
    expect(job.summary()).toMatch(/### stuntdouble: messages did not pass\n[\s\S]*\| 1 \| \//);
    // The reports of this step must not be presented as those of the next one.
    const missing = await job.use({ ...inputs, target: join(job.folder, 'missing.jsonl') });
    expect([missing.code, missing.outputs]).toEqual([3, { conclusion: 'inconclusive' }]);
    expect(job.summary()).toContain('stuntdouble verify payload: inconclusive');
  });

  it.each([
    [{ kind: 'server', target: 'x' }, '"kind" must be receiver, client or payload, got "server"'],
    [{ kind: 'client', target: '' }, 'the command of the client'],
    [{ program: '/nowhere.js', target: 'x' }, '/nowhere.js does not exist'],
  ])('explains the input %j', async (inputs, text) => {
    const { log, code } = await openJob(`input-${text.length}`).use({
      command: 'verify',
      program: PROGRAM,
      ...inputs,
    });
    expect(code).not.toBe(0);
    expect(log).toContain('::error::');
    expect(log).toContain(text);
  });
});
