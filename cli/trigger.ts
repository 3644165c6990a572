import {
  CodedError,
  createMockServer,
  type JournalEntry,
  type MockServer,
  type TaskReport,
} from '../mock-server/index.ts';
import { describeEntry } from './describe-entry.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import { type ServerFlags, serverOptions } from './server-options.ts';
import { untilStopped } from './until-stopped.ts';

export interface TriggerFlags extends ServerFlags {
  readonly to: string;
}

/** Fires one callback and prints each attempt. Ends with 0 when it was acknowledged. */
export async function trigger(
  event: string,
  { to, ...flags }: TriggerFlags,
  printer: Printer,
): Promise<number> {
  if (!URL.canParse(to)) {
    throw new CodedError(
      'OPTION_INVALID',
      `--to must be a URL, got "${to}"`,
      'Like http://127.0.0.1:3000/callback',
    );
  }
  const mock = await createMockServer(serverOptions(flags)).listen();
  try {
    const settled = deliveriesSettled(mock, printer);
    const task = await mock.tasks.trigger(event, { to });
    if (task.deliveries.length === 0) {
      printer.line('nothing to send: the scenario promises no callback');
      return EXIT.couldNotRun;
    }
    await Promise.race([settled, untilStopped()]);
    return conclude(mock.tasks.get(task.id) ?? task, printer);
  } finally {
    await mock.close();
  }
}

/** Prints what happens until every delivery of the last task is settled. */
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
  const text = entry.type.startsWith('attempt.') ? describeEntry(entry, printer) : null;
  if (text !== null) printer.line(text);
}

function allSettled(task: TaskReport | undefined): boolean {
  return task?.deliveries.every(({ status }) => status !== 'pending') ?? false;
}

function conclude({ deliveries }: TaskReport, printer: Printer): number {
  const last = deliveries.at(-1);
  const tries = deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0);
  const acknowledged = last?.status === 'acknowledged';
  const posts = tries === 1 ? '1 POST' : `${tries} POSTs`;
  const end = last?.status === 'pending' ? 'stopped' : last?.status;
  printer.line(`\n${printer.paint(acknowledged ? 'green' : 'red', `${end} after ${posts}`)}`);
  return acknowledged ? EXIT.ok : EXIT.failed;
}
