import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { HANG_LIMIT_MS } from '../fixtures/hang-limit.ts';
import { openLoadClient } from '../fixtures/load/load-client.ts';
import { openDeafReceiver } from '../fixtures/receivers/open-deaf-receiver.ts';
import { openReceiver, type Reaction } from '../fixtures/receivers/scripted-receiver.ts';

const MAIN = join(import.meta.dirname, '../dist/cli/main.js');
const GRACE_MS = 1000;
/** Longer than the limit of any test, so a command that waits for it never ends in time. */
const FOREVER_MS = 10 * HANG_LIMIT_MS;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface Line {
  readonly type: string;
  readonly taskId?: string;
  readonly deliveryId?: string;
  readonly n?: number;
  readonly attempt?: { readonly n: number; readonly outcome: string };
  readonly url?: string;
}

/** Starts the command and puts it under load, together with clients that stall. */
async function startUnderLoad(graceMs: number) {
  const child = spawn(
    process.execPath,
    [
      MAIN,
      ...['start', '--port', '0', '--json', '--speed', '1000', '--grace', `${graceMs}ms`],
      // Callbacks that the receivers do not answer end only with the grace period.
      ...['--ack-timeout', `${FOREVER_MS}ms`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  undo.push(() => child.kill('SIGKILL'));
  const { lines, seen } = readLines(child);
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  const { url = '' } = await seen(({ type }) => type === 'listening');

  await sendRaw(url, 'GET /__admin/events HTTP/1.1\r\nHost: mock\r\n\r\n');
  await sendRaw(url, 'POST /api/v1/runway/generate HTTP/1.1\r\nHost: mock\r\nContent-Length: 9\r\n\r\n{');
  const answered: string[] = [];
  const receivers = await Promise.all([receiver(200), receiver('hang'), deafReceiver()]);
  const client = openLoadClient(url, 16);
  undo.push(() => client.close());
  const load = client.submitAll(urls(receivers), (taskId) => answered.push(taskId)).catch(() => undefined);
  return { child, lines, seen, ended, answered, load };
}

function readLines(child: ChildProcess) {
  const lines: Line[] = [];
  const waiting = new Set<(line: Line) => void>();
  if (child.stdout === null) throw new Error('the command has no output');
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    for (const look of waiting) look(line);
  });
  /** Resolves with the next matching line. */
  const seen = (fits: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve) => {
      const look = (line: Line): void => {
        if (!fits(line)) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
    });
  return { lines, seen };
}

async function receiver(reaction: Reaction): Promise<string> {
  const made = await openReceiver(reaction);
  undo.push(() => made.close());
  return made.url;
}

async function deafReceiver(): Promise<string> {
  const made = await openDeafReceiver();
  undo.push(() => made.close());
  return made.url;
}

/** Opens a connection, sends a text and never reads the answer. */
async function sendRaw(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  undo.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
}

function* urls(receivers: readonly string[]): Generator<string> {
  for (;;) yield* receivers;
}

function nameOf({ taskId, deliveryId, n, attempt }: Line): string {
  return `${taskId} ${deliveryId} ${n ?? attempt?.n}`;
}

function namesOf(lines: readonly Line[], type: string): string[] {
  return lines.filter((line) => line.type === type).map(nameOf);
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s under load', (signal) => {
  it('exits after the grace period and records every attempt in flight', async () => {
    const { child, lines, seen, ended, answered, load } = await startUnderLoad(GRACE_MS);
    await seen(({ attempt }) => attempt?.outcome === 'acknowledged' && answered.length > 200);
    child.kill(signal);
    const [code] = await ended;
    await load;

    expect(code).toBe(0);
    expect(lines.at(-1)).toEqual({ type: 'stopped' });
    const started = namesOf(lines, 'attempt.started');
    expect(started.length).toBeGreaterThan(100);
    expect(namesOf(lines, 'attempt.ended').sort()).toEqual(started.sort());
    const outcomes = new Set(lines.flatMap(({ attempt }) => attempt?.outcome ?? []));
    expect(outcomes).toEqual(new Set(['acknowledged', 'interrupted']));
    const submitted = new Set(
      lines.flatMap(({ type, taskId }) => (type === 'task.submitted' && taskId ? [taskId] : [])),
    );
    expect(answered.filter((taskId) => !submitted.has(taskId))).toEqual([]);
  });

  it('exits immediately on the second signal', async () => {
    const { child, lines, seen, ended, answered, load } = await startUnderLoad(FOREVER_MS);
    await seen(({ attempt }) => attempt?.outcome === 'acknowledged' && answered.length > 50);
    child.kill(signal);
    // The mock has stopped listening, so it has received the first signal.
    await load;
    child.kill(signal);
    const [code] = await ended;
    expect(code).toBe(130);
    expect(lines.at(-1)?.type).not.toBe('stopped');
  });
});
