import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import {
  openReceiver,
  type Reaction,
  type ScriptedReceiver,
} from '../fixtures/receivers/scripted-receiver.ts';
import { type Ended, runInProcess } from './testing/run-in-process.ts';

const MAIN = join(import.meta.dirname, '../dist/cli/main.js');

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

function launch(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  const { FORCE_COLOR: _forced, NO_COLOR: _without, ...others } = process.env;
  // Variables that control the tests must not reach the command.
  const inherited = Object.fromEntries(
    Object.entries(others).filter(([name]) => !name.startsWith('STUNTDOUBLE_')),
  );
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...inherited, ...env } });
  undo.push(() => child.kill('SIGKILL'));
  return child;
}

function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return ended(launch(args, env));
}

function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
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

/** Starts the mock and waits until it prints its address. */
async function startMock(args: readonly string[] = [], env: Record<string, string> = {}) {
  const child = launch(['start', '--port', '0', ...args], env);
  const end = ended(child);
  let printed = '';
  /** Resolves when the output matches; false if the process exits first. */
  const prints = (what: RegExp): Promise<boolean> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (what.test(printed)) resolve(true);
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      child.on('close', () => resolve(what.test(printed)));
      look();
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk;
    });
  }
  const url = await new Promise<string>((resolve, reject) => {
    let seen = '';
    child.stdout.on('data', (chunk) => {
      seen += chunk;
      const found = /https?:\/\/[\d.]+:\d+/.exec(seen);
      if (found !== null) resolve(found[0]);
    });
    void end.then(({ err }) => reject(new Error(err)));
  });
  return { url, end, prints, stop: (signal: NodeJS.Signals) => child.kill(signal) };
}

async function receiver(...script: Reaction[]): Promise<ScriptedReceiver> {
  const made = await openReceiver(...script);
  undo.push(() => made.close());
  return made;
}

/** Acknowledges immediately and downloads the files one after the other, each after a pause. */
async function slowReceiver(
  pauseMs: number,
): Promise<{ readonly url: string; readonly downloaded: string[] }> {
  const downloaded: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.end('ok');
    const { data } = JSON.parse(Buffer.concat(chunks).toString()) as {
      readonly data: Record<string, string>;
    };
    for (const url of [data.video_url ?? '', data.image_url ?? '']) {
      await sleep(pauseMs);
      const file = await fetch(url)
        .then((answer) => answer.arrayBuffer())
        .catch(() => null);
      if (file === null) return;
      downloaded.push(url.split('/').at(-1) ?? '');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  undo.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, downloaded };
}

function file(name: string, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-'));
  undo.push(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, name), text);
  return join(dir, name);
}

describe('a pack that is edited while the mock serves it', () => {
  it('is reported on the terminal with the invalid line', async () => {
    const pack = file('lifecycle.yaml', '');
    const dir = dirname(pack);
    cpSync(join(import.meta.dirname, '../spec/luma'), dir, { recursive: true });
    const good = readFileSync(pack, 'utf8');
    const mock = await startMock(['--pack', dir, '--mount', 'luma=/mine']).catch((error: Error) => error);
    // The name conflicts with the built-in pack.
    expect(String(mock)).toMatch(/luma/);
    writeFileSync(pack, good.replace(/^pack: luma$/m, 'pack: mine').replaceAll('luma.modify', 'mine.modify'));
    const document = join(dir, 'openapi.yaml');
    writeFileSync(document, readFileSync(document, 'utf8').replaceAll('luma.modify', 'mine.modify'));
    const { prints, stop, end } = await startMock(['--pack', dir, '--mount', 'mine=/mine']);
    appendFileSync(pack, '\nunheardOf: 1\n');
    expect(
      await prints(
        /pack mine failed to reload; still serving the previous version:\n.*lifecycle\.yaml:\d+: .*unheardOf/,
      ),
    ).toBe(true);
    writeFileSync(pack, readFileSync(pack, 'utf8').replace('unheardOf: 1', ''));
    expect(await prints(/reloaded.*pack mine \(documented\)/)).toBe(true);
    stop('SIGTERM');
    expect((await end).code).toBe(0);
  });
});

describe('help', () => {
  it.each(['start', 'demo', 'trigger', 'packs', 'scenarios', 'events'])('is printed for %s', async (name) => {
    const { code, out } = await runInProcess([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: stuntdouble ${name}`);
    expect(out).toContain('--json');
  });

  it.each([
    ['40', 60],
    ['72', 72],
    ['300', 100],
    ['wide', 100],
  ])('is wrapped to the width of the terminal: COLUMNS=%s', async (columns, width) => {
    for (const command of [[], ['start'], ['verify', 'client']]) {
      const { out } = await runInProcess([...command, '--help'], { COLUMNS: columns });
      // Examples are not wrapped, so that they can be copied.
      const prose = out.split(/\n(?:Examples|To call it from another terminal):/)[0] ?? '';
      const longest = Math.max(...prose.split('\n').map((line) => line.length));
      expect(longest).toBeLessThanOrEqual(width);
      expect(longest).toBeGreaterThan(width - 15);
    }
  });

  it('contains examples and exit codes', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Examples:\n.*stuntdouble demo/);
    expect(out).toContain('64 invalid usage');
  });
});

/** Whether the command creates a mock before it fails, and does not close it because the process exits. */
function leavesMock(args: readonly string[]): boolean {
  return args.includes('--host');
}

describe('invalid usage exits with 64 and prints a remedy', () => {
  it.each([
    [['begin'], /^error\[USAGE_INVALID\]: Unknown command 'begin'\.\n {2}Run "stuntdouble COMMAND --help"/],
    [
      ['start', '--prot', '1'],
      /^error\[USAGE_INVALID\]: Unknown option '--prot'\.\n {2}Did you mean --port\?\n {2}Run "stuntdouble/,
    ],
    [['start', '--port', 'x'], /must be a whole number/],
    [['start', '--port', '99999'], /port must be a whole number from 0 to 65535/],
    [['start', '--clock', 'sun'], /--clock must be real, virtual or polls/],
    [['start', '--scenario', 'fail.nswf'], /Did you mean fail\.nsfw/],
    [['start', '--profile', 'imagined'], /documented.*observed/],
    [['start', '--ack-timeout', 'soon'], /a duration like/],
    [['start', '--speed', 'fast'], /speed must be a factor above 0/],
    [['trigger', 'runway.generate'], /--to is required/],
    [['trigger', 'runway.generate', '--to', 'here'], /--to must be a URL/],
    [
      ['trigger', 'runway.generate', '--to', 'http://127.0.0.1:9/', '--linger', 'long'],
      /--linger must be a duration/,
    ],
    [
      ['trigger', 'runway.generate', '--to', 'http://127.0.0.1:9/', '--report', 'junit=a.xml'],
      /no report in the format "junit".*Use html=FILE/s,
    ],
    [['trigger', 'runway.generat', '--to', 'http://127.0.0.1:9/'], /Did you mean runway\.generate/],
    [['start', '--config', '/nowhere.yaml'], /Cannot read the configuration file \/nowhere\.yaml: /],
    [['start', '--allow-callback', '*'], /Cannot allow callbacks to "\*"/],
    [['start', '--host', 'name.invalid'], /Cannot listen on name\.invalid/],
    [
      ['start', '--port', '0', '--cert', MAIN, '--key-file', MAIN],
      /certificate or its private key is not usable/,
    ],
    [['start', '--cert', MAIN], /--cert and --key-file are required together/],
    [['start', '--tls', `${MAIN}/ca`], /the folder .* cannot be used|The folder .* cannot be used/],
    [['start', '--tls', '/proc/none'], /The folder \/proc\/none cannot be used/],
    [['start', '--mount', 'lumo=/x'], /The pack "lumo" in mounts is not loaded[\s\S]*Did you mean luma/],
    [['start', '--ack-timeout', '99999999999d'], /of at most 36500d/],
    [['verify', 'payload', MAIN, '--event', 'runway.generat'], /Did you mean runway\.generate/],
  ])('%j', async (args, message) => {
    const { code, out, err } = await (leavesMock(args) ? run : runInProcess)(args);
    expect(code).toBe(64);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error\[[A-Z_]+\]: /);
    expect(err).not.toMatch(/\n\s+at /);
    expect(out).toBe('');
  });
});

describe('a command that cannot run exits with 3', () => {
  it('if the port is in use', async () => {
    const { url } = await startMock();
    const { code, err } = await run(['start', '--port', new URL(url).port]);
    expect(code).toBe(3);
    expect(err).toMatch(/^error\[PORT_TAKEN\]: .* is in use\.\n.*--port/);
  });

  it('if the port is in use, although it watches the files of a pack', async () => {
    const { url } = await startMock();
    const dir = dirname(file('lifecycle.yaml', ''));
    cpSync(join(import.meta.dirname, '../spec/luma'), dir, { recursive: true });
    for (const name of ['lifecycle.yaml', 'openapi.yaml']) {
      const text = readFileSync(join(dir, name), 'utf8');
      const own = text.replace(/^pack: luma$/m, 'pack: mine').replaceAll('luma.modify', 'mine.modify');
      writeFileSync(join(dir, name), own);
    }
    const flags = ['--port', new URL(url).port, '--pack', dir, '--mount', 'mine=/mine'];
    const { code, err } = await run(['start', ...flags, '--data', join(dir, 'data')]);
    expect([code, err]).toEqual([3, expect.stringMatching(/^error\[PORT_TAKEN\]/)]);
  });

  it('if a pack is invalid, and prints the file, the line and the expected value', async () => {
    const path = file('lifecycle.yaml', 'pack: Broken Name\ntitle: x\n');
    const { code, err } = await runInProcess(['packs', '--pack', join(path, '..')]);
    expect(code).toBe(3);
    expect(err).toMatch(/lifecycle\.yaml:1: .*\/pack: must match pattern/);
  });
});

describe('start', () => {
  it('listens, serves requests, and exits with 0 on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const mock = await startMock();
      expect((await runwayCalls(mock.url).generate()).body.code).toBe(200);
      mock.stop(signal);
      const { code, out, err } = await mock.end;
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/listening on http:\/\/127\.0\.0\.1:\d+/);
      expect(out).toContain('POST /api/v1/runway/generate → task');
    }
  });

  it('prints only JSON under --json, one object per line', async () => {
    const mock = await startMock(['--json', '--clock', 'virtual']);
    await runwayCalls(mock.url).generate();
    mock.stop('SIGTERM');
    const lines = (await mock.end).out.trim().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual(['listening', 'task.submitted', 'request.answered', 'stopped']);
  });

  it('prints the base URL of each pack, and serves just those of --only', async () => {
    const dir = dirname(file('lifecycle.yaml', ''));
    cpSync(join(import.meta.dirname, '../spec/luma'), dir, { recursive: true });
    for (const name of ['lifecycle.yaml', 'openapi.yaml']) {
      const text = readFileSync(join(dir, name), 'utf8');
      const own = text.replace(/^pack: luma$/m, 'pack: mine').replaceAll('luma.modify', 'mine.modify');
      writeFileSync(join(dir, name), own);
    }
    const flags = ['--pack', dir, '--only', 'luma,mine', '--mount', 'luma=/first'];
    for (const [args, luma, mine] of [
      [flags, '/first (documented)', '/mine (documented, also at the root)'],
      [
        flags.slice(0, 4),
        '/luma (documented, also at the root)',
        '/mine (documented, not at the root, which serves these paths for luma)',
      ],
    ] as const) {
      const mock = await startMock(args);
      mock.stop('SIGTERM');
      const { out } = await mock.end;
      const shown = out.replaceAll(mock.url, '').replaceAll(/ {2,}/g, ' ');
      expect(shown).toContain(`\n packs luma ${luma}\n mine ${mine}\n clock`);
    }
    const { err } = await run(['start', '--only', 'lumma']);
    expect(err).toMatch(/The pack "lumma" in only does not exist[\s\S]*Did you mean luma/);
  });

  it('records an attempt in flight as interrupted when it is stopped', async () => {
    const { url, received } = await receiver('hang');
    const config = file('stuntdouble.yaml', 'speed: 1000\ngrace: 50ms\n');
    const mock = await startMock(['--json', '--config', config]);
    await runwayCalls(mock.url).generate({ callBackUrl: url });
    await received(1);
    mock.stop('SIGTERM');
    expect((await mock.end).out).toContain('"outcome":"interrupted"');
  });

  it('prefers flags to environment variables and environment variables to the configuration file', async () => {
    const config = file('stuntdouble.yaml', 'scenario: fail.internal\nclock: virtual\nseed: 3\n');
    const scenarioOf = async (args: string[], env: Record<string, string>) => {
      const mock = await startMock(['--config', config, ...args], env);
      const { taskId } = await runwayCalls(mock.url).generate();
      const task = (await (await fetch(`${mock.url}/__admin/tasks/${taskId}`)).json()) as {
        scenario: string;
      };
      const clock = (await (await fetch(`${mock.url}/__admin/clock`)).json()) as { mode: string };
      mock.stop('SIGTERM');
      await mock.end;
      return [task.scenario, clock.mode];
    };
    const env = { STUNTDOUBLE_SCENARIO: 'fail.nsfw' };
    expect(await scenarioOf([], {})).toEqual(['fail.internal', 'virtual']);
    expect(await scenarioOf([], env)).toEqual(['fail.nsfw', 'virtual']);
    expect(await scenarioOf(['--scenario', 'success', '--clock', 'polls'], env)).toEqual([
      'success',
      'polls',
    ]);
  });

  it('reports a misspelled key of a configuration file', async () => {
    const config = file('stuntdouble.json', '{"sped": "20x"}');
    const { code, err } = await runInProcess(['start', '--config', config]);
    expect(code).toBe(64);
    expect(err).toMatch(/sets "sped".*\n.*Did you mean .*speed/);
  });

  it('prints the interfaces it listens on', async () => {
    for (const [host, printed] of [
      ['127.0.0.1', /interfaces loopback \(127\.0\.0\.1\), reachable only from this machine\n/],
      ['0.0.0.0', /interfaces all interfaces \(0\.0\.0\.0\), reachable from other machines\n/],
      ['0', /interfaces all interfaces \(0\.0\.0\.0\), reachable from other machines\n/],
    ] as const) {
      const mock = await startMock(['--host', host, '--quiet']);
      mock.stop('SIGTERM');
      expect((await mock.end).out).toMatch(printed);
    }
  });

  it('generates, requires and prints an admin token if it does not listen on loopback', async () => {
    const mock = await startMock(['--host', '0.0.0.0', '--json']);
    const health = (headers: Record<string, string>) => fetch(`${mock.url}/__admin/health`, { headers });
    expect((await health({})).status).toBe(401);
    mock.stop('SIGTERM');
    const [first = '{}'] = (await mock.end).out.split('\n');
    expect((JSON.parse(first) as { adminToken: string }).adminToken).toMatch(/^[\w-]{24}$/);
  });
});

describe('trigger', () => {
  it('exits with 0 if the callback is acknowledged', async () => {
    const { url, posts } = await receiver(500, 200);
    const { code, out } = await run([
      ...['trigger', 'runway.generate', '--to', url],
      ...['--retry-gaps', '1s', '--linger', '0s'],
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /attempt 1 rejected: HTTP 500.*[\s\S]*attempt 2 acknowledged with HTTP 200[\s\S]*acknowledged after 2 attempts/,
    );
    expect(posts).toHaveLength(2);
  });

  it('writes a page with the messages and the reason for the result', async () => {
    const { url } = await receiver(500, 200);
    const file = join(mkdtempSync(join(tmpdir(), 'trigger-')), 'task.html');
    const { code } = await run([
      ...['trigger', 'runway.generate', '--to', url, '--report', `html=${file}`],
      ...['--retry-gaps', '100ms', '--linger', '0s'],
    ]);
    expect(code).toBe(0);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain(
      'The callback was acknowledged at attempt 2: attempt 1 was rejected with HTTP 500.',
    );
    expect(page).toContain(url);
    expect(page).not.toContain('<script');
  });

  it('exits with 1 if the callback is abandoned after 4 attempts', async () => {
    const { url, posts } = await receiver(500);
    const { code, out } = await run([
      'trigger',
      'runway.extend',
      '--to',
      url,
      '--scenario',
      'fail.nsfw',
      '--retry-gaps',
      '100ms',
    ]);
    expect(code).toBe(1);
    expect(out).toContain('abandoned after 4 attempts');
    expect(JSON.parse(posts[0]?.body ?? '{}').data).toEqual({ task_id: expect.any(String) });
  });

  it('serves the media until a receiver with a queue has downloaded it', async () => {
    const slow = await slowReceiver(400);
    const { code, out } = await run(['trigger', 'runway.generate', '--to', slow.url]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /Waiting for the receiver to download video\.mp4 and image\.png\. Stops after 10 s without activity \(--linger\) or on Ctrl-C\./,
    );
    expect(out).toMatch(
      /media +GET video\.mp4 200[\s\S]*media +GET image\.png 200[\s\S]*The receiver downloaded all media\./,
    );
    expect(slow.downloaded).toEqual(['video.mp4', 'image.png']);
  });

  it('stops waiting after --linger and lists the files that were not downloaded', async () => {
    const { url } = await receiver();
    const { code, out } = await run(['trigger', 'runway.generate', '--to', url, '--linger', '200ms']);
    expect(code).toBe(0);
    expect(out).toContain('Not downloaded completely: video.mp4, image.png.');
  });

  it('stops waiting for a download that hangs', async () => {
    const slow = await slowReceiver(10);
    const flags = ['--scenario', 'media.hang', '--linger', '300ms'];
    const { code, out } = await run(['trigger', 'runway.generate', '--to', slow.url, ...flags]);
    expect(code).toBe(0);
    expect(out).toContain('Not downloaded completely: video.mp4, image.png.');
  });

  it('does not wait if the callback does not contain media', async () => {
    const { url } = await receiver();
    const { out } = await run(['trigger', 'runway.extend', '--to', url, '--scenario', 'fail.nsfw']);
    expect(out).not.toContain('Waiting');
  });

  it('sends a new task each time, except with --seed', async () => {
    const { url, posts } = await receiver();
    for (const seed of [[], [], ['--seed', '7'], ['--seed', '7']]) {
      await run(['trigger', 'runway.generate', '--to', url, '--linger', '0s', ...seed]);
    }
    const [first, second, seeded, again] = posts.map(({ body }) => JSON.parse(body).data.task_id);
    expect(new Set([first, second, seeded]).size).toBe(3);
    expect(again).toBe(seeded);
  });

  it('exits with 3 if the scenario does not send a callback', async () => {
    const { url, posts } = await receiver();
    const { code } = await run(['trigger', 'runway.generate', '--to', url, '--scenario', 'callback.never']);
    expect([code, posts.length]).toEqual([3, 0]);
  });

  it.each([
    ['--scenario fail.nsfv', 64, /Did you mean fail\.nsfw/],
    ['--profile nope', 64, /Unknown profile "nope"/],
    ['--pack no-folder', 3, /no-folder\/lifecycle\.yaml cannot be read/],
    ['--data /proc/none', 64, /\/proc\/none cannot be used/],
    ['--mount lumo=/x', 64, /Did you mean luma/],
    ['--scenario submit.429', 3, /"submit\.429" has no effect on callbacks/],
    ['--scenario fail.nsfw+poll.429*', 3, /"poll\.429\*" has no effect on callbacks/],
    ['--clock virtual', 64, /--clock is an option of start, run, mcp\./],
  ] as const)('ends with an error for %s, and sends nothing', async (flags, expected, message) => {
    const { url, posts } = await receiver();
    const { code, err } = await run(['trigger', 'runway.generate', '--to', url, ...flags.split(' ')]);
    expect([code, posts.length]).toEqual([expected, 0]);
    expect(err).toMatch(message);
  });

  it('prints every entry as JSON under --json', async () => {
    const { url } = await receiver();
    const { out } = await run(['trigger', 'runway.generate', '--to', url, '--linger', '0s', '--json']);
    const types = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toContain('attempt.ended');
    expect(types.at(-1)).toBe('delivery.settled');
  });
});

describe('list commands', () => {
  it('print that clients must poll a vendor without callbacks', async () => {
    for (const list of ['events', 'packs']) {
      const { out } = await runInProcess([list]);
      expect(out).toMatch(/runwayml[\s\S]*no callbacks; clients must poll/);
      expect(out).not.toMatch(/\b0 retries|events *\n/);
    }
  });

  it('print every fact of a pack with its grade and, if documented, its pages', async () => {
    const { code, out } = await run(['packs', '--json']);
    const packs = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    const facts = packs.flatMap((pack: { facts: { grade: string; pages: string[] }[] }) => pack.facts);
    expect(facts.length).toBeGreaterThan(20);
    expect(facts.filter(({ grade, pages }) => grade === 'documented' && pages.length === 0)).toEqual([]);
    expect(new Set(facts.map(({ grade }) => grade))).toEqual(new Set(['documented', 'observed', 'assumed']));
  });

  it('print scenarios and events as JSON, one object per line', async () => {
    const scenarios = (await run(['scenarios', '--json'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(scenarios.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining([
        'success',
        'fail.nsfw',
        'submit.429',
        'poll.reset',
        'callback.forged',
        'media.503',
      ]),
    );
    const events = (await run(['events', '--json'])).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }: { event: string }) => event)).toEqual(
      expect.arrayContaining(['runway.generate', 'runway.extend']),
    );
  });
});

describe('packs check', () => {
  const spec = join(import.meta.dirname, '../spec');
  /** Copies a built-in pack and replaces one text in it. */
  const editedPack = (from: string, to: string): string => {
    const dir = join(file('lifecycle.yaml', ''), '..');
    cpSync(join(spec, 'luma'), dir, { recursive: true });
    const path = join(dir, 'lifecycle.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
    return dir;
  };

  const lineOf = (text: string): number =>
    readFileSync(join(spec, 'luma/lifecycle.yaml'), 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;

  it('exits with 0 and prints a summary if the packs are valid', async () => {
    const { code, out, err } = await run(['packs', 'check', join(spec, 'luma'), join(spec, 'runway')]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ok: 4 profiles, \d+ templates in \d+ states checked\n$/);
  });

  it('exits with 1 and prints the file, line and reason of every error', async () => {
    const { code, out } = await runInProcess([
      'packs',
      'check',
      editedPack('errorCode: null', 'errorCode: none'),
    ]);
    expect(code).toBe(1);
    const wrong = new RegExp(
      `lifecycle\\.yaml:${lineOf('errorCode: null')}: error: .*data\\.errorCode must be .*, got the string "none"`,
    );
    expect(out).toMatch(wrong);
    expect(out).toMatch(/\n1 error, 0 warnings in 2 profiles\n$/);
  });

  it('exits with 0 if there are only warnings', async () => {
    const { code, out } = await runInProcess(['packs', 'check', editedPack('    class: internal\n', '')]);
    expect(code).toBe(0);
    expect(out).toMatch(/: warning: .*\n0 errors, 1 warning in 2 profiles\n$/);
  });

  it('prints one object per line under --json, before or after the folder', async () => {
    const dir = editedPack('errorCode: null', 'errorCode: none');
    for (const args of [
      ['packs', 'check', dir, '--json'],
      ['packs', 'check', '--json', dir],
    ]) {
      const lines = (await runInProcess(args)).out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toMatchObject([
        { type: 'problem', severity: 'error', line: lineOf('errorCode: null') },
        { type: 'checked', dir, profiles: ['documented', 'two-results'], errors: 1, warnings: 0 },
      ]);
    }
  });

  it('exits with 3 if the folder does not exist and with 64 if the folder is missing', async () => {
    const { code, err } = await runInProcess(['packs', 'check', '/nowhere']);
    expect(code).toBe(3);
    expect(err).toMatch(/nowhere\/lifecycle\.yaml cannot be read/);
    expect((await runInProcess(['packs', 'check'])).code).toBe(64);
  });

  it('prints its help', async () => {
    const { code, out } = await runInProcess(['packs', 'check', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('stuntdouble packs check ./my-vendor');
  });
});

describe('demo', () => {
  it('shows four scenes and exits with 0', async () => {
    const { code, out, err } = await run(['demo']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/the task is now "success"[\s\S]*caught by our AI moderator/);
    expect(out).toMatch(/timeout after \d+ ms[\s\S]*attempt 2[\s\S]*duplicate callback:/);
    expect(out.match(/✓/g)).toHaveLength(4);
  });

  it('takes less than 20 seconds in total', async () => {
    const { out } = await run(['demo', '--json']);
    const entries = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const plans = entries.filter(({ type }) => type === 'task.submitted').map(({ plan }) => plan);
    expect(plans).toHaveLength(4);
    const waits = plans.map(
      ({ steps, submittedAt }) => Date.parse(steps.at(-1).at) - Date.parse(submittedAt),
    );
    // Plans include the speed. One ack timeout and one gap of one second are added.
    expect(waits.reduce((sum, ms) => sum + ms, 2500)).toBeLessThan(20_000);
    expect(Math.min(...waits)).toBeGreaterThan(100);
  });

  it('keeps a mock with eight scenes running for its console until it is stopped', async () => {
    const child = launch(['demo', '--console', '0', '--json']);
    const end = ended(child);
    let out = '';
    const hasRun = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        out += chunk;
        if (out.match(/"type":"scene"/g)?.length === 8) resolve();
      });
    });
    await Promise.race([hasRun, end]);
    const { console: page, url } = JSON.parse(out.split('\n')[0] ?? '') as Readonly<Record<string, string>>;
    expect((await fetch(String(page))).status).toBe(200);
    const tasks = (await (await fetch(`${url}/__admin/tasks`)).json()) as { readonly scenario: string }[];
    expect(new Set(tasks.map(({ scenario }) => scenario)).size).toBeGreaterThan(4);
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 0, err: '' });
  });

  const ESCAPE = '\u001b[';
  it('is colored with FORCE_COLOR and never with NO_COLOR', async () => {
    expect((await runInProcess(['packs'], { FORCE_COLOR: '1' })).out).toContain(ESCAPE);
    expect((await runInProcess(['packs'], { FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain(ESCAPE);
    expect((await run(['packs'])).out).not.toContain(ESCAPE);
  });
});
