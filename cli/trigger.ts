import { randomBytes } from 'node:crypto';
import { parseReportTargets } from '../contract-tests/reporters/write-reports.ts';
import {
  CodedError,
  createMockServer,
  type JournalEntry,
  type MockServer,
  type TaskReport,
  VERSION,
} from '../mock-server/index.ts';
import { parseDuration } from '../mock-server/internal.ts';
import { sayDuration } from '../mock-server/pages/say-time.ts';
import { taskHtml } from '../mock-server/pages/task-html.ts';
import { describeEntry } from './describe-entry.ts';
import { downloadsEnded, filesIn } from './downloads-ended.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import { checkWritable, writeReports } from './report-files.ts';
import { type ServerFlags, serverOptions } from './server-options.ts';
import { untilStopped } from './until-stopped.ts';
import { openWatchedServer, type WatchedServer } from './watched-server.ts';

export interface TriggerFlags extends Omit<ServerFlags, 'clock'> {
  readonly to?: string;
  /** How long to wait for downloads without activity. */
  readonly linger?: string;
  /** The page to write, such as `html=task.html`. */
  readonly report?: string;
}

/** Sends one callback, prints each attempt, and waits until the receiver has downloaded the media. */
export async function trigger(
  event: string,
  { to, linger = '10s', report, ...flags }: TriggerFlags,
  printer: Printer,
): Promise<number> {
  if (to === undefined) {
    throw new CodedError(
      'OPTION_INVALID',
      '--to is required.',
      'Pass a URL, for example: --to http://127.0.0.1:3000/callback',
    );
  }
  const lingerMs = parseDuration(linger) ?? 0;
  const files = report === undefined ? [] : filesOf(report);
  for (const file of files) checkWritable(file);
  // Receivers ignore tasks that they have already processed, so each run sends a new one.
  const seed = flags.seed ?? randomBytes(8).toString('hex');
  const server = await openWatchedServer();
  try {
    return await triggerWith(server, event, { to, lingerMs, files }, { ...flags, seed }, printer);
  } finally {
    await server.close();
  }
}

/** Creates the mock behind the server, sends the callback, and closes the mock. */
async function triggerWith(
  server: WatchedServer,
  event: string,
  {
    to,
    lingerMs,
    files,
  }: { readonly to: string; readonly lingerMs: number; readonly files: readonly string[] },
  flags: ServerFlags,
  printer: Printer,
): Promise<number> {
  const mock = createMockServer({ publicUrl: server.url, ...serverOptions(flags) });
  try {
    server.attach((request, response) =>
      mock.handler(request, response, () => response.writeHead(404).end()),
    );
    const settled = deliveriesSettled(mock, printer);
    const { scenario } = flags;
    const task = await mock.tasks.trigger(event, { to, ...(scenario === undefined ? {} : { scenario }) });
    if (task.deliveries.length === 0) {
      printer.line('The scenario does not send a callback.');
      return EXIT.couldNotRun;
    }
    const stopped = untilStopped();
    await Promise.race([settled, stopped]);
    const done = mock.tasks.get(task.id) ?? task;
    const code = conclude(done, printer);
    // A receiver may download media even if it did not acknowledge the callback.
    const mayDownload = code === EXIT.ok || server.traffic(task.id).requests > 0;
    const downloaded = mayDownload ? waitForDownloads(mock, server, done, lingerMs, printer) : null;
    await Promise.race([downloaded, stopped]);
    writeReports(files.map((file) => ({ file, text: () => pageOf(mock, task.id) })));
    return code;
  } finally {
    await mock.close();
  }
}

/** Returns the files of the pages to write. @throws {CodedError} OPTION_INVALID */
function filesOf(text: string): readonly string[] {
  return parseReportTargets(text).map(({ format, file }) => {
    if (format === 'html') return file;
    throw new CodedError(
      'OPTION_INVALID',
      `a callback has no report in the format "${format}"`,
      'Use html=FILE.',
    );
  });
}

function pageOf(mock: MockServer, taskId: string): string {
  const plan = mock.tasks.get(taskId)?.plan;
  if (plan === undefined) return taskHtml([], { version: VERSION });
  const entries = mock.journal.entries({ taskId });
  const times = { now: mock.clock.now().getTime(), wallNow: Date.now() };
  return taskHtml([{ plan, entries, ...times }], { version: VERSION });
}

/** Keeps the media host running until the receiver has downloaded the media in the callback. */
async function waitForDownloads(
  mock: MockServer,
  server: WatchedServer,
  { id: taskId }: TaskReport,
  lingerMs: number,
  printer: Printer,
): Promise<void> {
  const entries = (): readonly JournalEntry[] => mock.journal.entries({ taskId });
  const bodies = entries().flatMap((entry) => (entry.type === 'attempt.started' ? [entry.body] : []));
  const files = [...new Set(bodies.flatMap((body) => filesIn(body, taskId)))];
  if (files.length === 0 || lingerMs === 0) return;
  const names = files.join(' and ');
  printer.line(
    `Waiting for the receiver to download ${names}. Stops after ${sayDuration(lingerMs)} without activity (--linger) or on Ctrl-C.`,
  );
  const missing = await downloadsEnded({ taskId, files, lingerMs, server, entries });
  printer.line(
    missing.length === 0
      ? printer.paint('green', 'The receiver downloaded all media.')
      : printer.paint('yellow', `Not downloaded completely: ${missing.join(', ')}.`),
  );
}

/** Prints each attempt. Resolves when every delivery of the task is settled. */
function deliveriesSettled(mock: MockServer, printer: Printer): Promise<void> {
  return new Promise((resolve) => {
    mock.journal.subscribe((entry) => {
      printer.object(entry);
      printAttempt(entry, printer);
      if (entry.type === 'delivery.settled' && allSettled(mock.tasks.get(entry.taskId))) resolve();
    });
  });
}

function printAttempt(entry: JournalEntry, printer: Printer): void {
  if (entry.type === 'attempt.started' && entry.n === 1) printer.line(`${entry.body}\n`);
  const isShown = entry.type.startsWith('attempt.') || entry.type === 'media.served';
  const text = isShown ? describeEntry(entry, printer) : null;
  if (text !== null) printer.line(text);
}

function allSettled(task: TaskReport | undefined): boolean {
  return task?.deliveries.every(({ status }) => status !== 'pending') ?? false;
}

function conclude({ deliveries }: TaskReport, printer: Printer): number {
  const last = deliveries.at(-1);
  const count = deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0);
  const acknowledged = last?.status === 'acknowledged';
  const attempts = count === 1 ? '1 attempt' : `${count} attempts`;
  const end = last?.status === 'pending' ? 'stopped' : last?.status;
  printer.line(`\n${printer.paint(acknowledged ? 'green' : 'red', `${end} after ${attempts}`)}`);
  return acknowledged ? EXIT.ok : EXIT.failed;
}
