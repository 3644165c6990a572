import type { JournalEntry } from '../mock-server/index.ts';
import { explainRefusal } from '../mock-server/internal.ts';
import { counted, type Printer } from './print.ts';

/** Formats a journal entry as one line for the terminal; null for entries that are not printed. */
export function describeEntry(entry: JournalEntry, printer: Printer): string | null {
  // Without this, a line break in the data of a request could forge a line of output.
  return textOf(entry, printer)?.replace(/[^\S ]+/g, ' ') ?? null;
}

function textOf(entry: JournalEntry, { paint }: Printer): string | null {
  switch (entry.type) {
    case 'request.answered':
      return `${paint('bold', 'request  ')} ${entry.method} ${entry.url} ${outcomeOfRequest(entry, paint)}`;
    case 'task.changed':
      return `${paint('cyan', 'state    ')} ${short(entry.taskId)} ${entry.state}`;
    case 'task.amended':
      return `${paint('cyan', 'amended  ')} ${short(entry.taskId)} ${entry.reason}`;
    case 'attempt.started':
      return `${paint('yellow', entry.kind ?? 'callback ')} ${short(entry.taskId)} ${entry.event} POST ${entry.url} (attempt ${entry.n})`;
    case 'attempt.ended': {
      const { n, outcome, status, durationMs, detail } = entry.attempt;
      const good = outcome === 'acknowledged';
      const what = good ? `acknowledged with HTTP ${status}` : `${outcome}: ${detail ?? ''}`;
      return `${paint(good ? 'green' : 'red', 'answer   ')} ${short(entry.taskId)} attempt ${n} ${what} (${durationMs} ms)`;
    }
    case 'delivery.settled':
      if (entry.status === 'acknowledged') return null;
      return `${paint('red', 'abandoned')} ${short(entry.taskId)} after ${counted(entry.attempts, 'attempt')}`;
    case 'endpoint.disabled':
      return `${paint('red', 'disabled ')} endpoint ${short(entry.endpointId)} after ${counted(entry.failures, 'abandoned callback')}`;
    case 'media.served':
      return `${paint('magenta', 'media    ')} ${entry.method} ${entry.name} ${entry.status ?? 'no answer'} ${entry.bytesSent}/${entry.bytesTotal} bytes`;
    case 'clock.moved':
      return `${paint('cyan', 'clock    ')} ${entry.fromAt} → ${entry.toAt}`;
    case 'pack.reloaded':
      return `${paint('green', 'reloaded ')} pack ${entry.pack} (${entry.profile})`;
    default:
      return null;
  }
}

/** Formats one line per task, or one line for all tasks if there are more than `most`. @param polls number of polls by task */
export function describePolls(
  polls: ReadonlyMap<string, number>,
  most: number,
  { paint }: Pick<Printer, 'paint'>,
): string[] {
  const label = paint('dim', 'polls    ');
  if (polls.size > most) {
    const total = [...polls.values()].reduce((sum, count) => sum + count, 0);
    return [`${label} ${counted(total, 'poll')} of ${polls.size} tasks`];
  }
  return [...polls].map(([taskId, count]) => `${label} ${short(taskId)} ${counted(count, 'poll')}`);
}

function outcomeOfRequest(
  { status, taskId, answer, route, meant, headers }: Extract<JournalEntry, { type: 'request.answered' }>,
  paint: Printer['paint'],
): string {
  if (route === 'preflight' && status === 204) return `→ HTTP ${status} (CORS preflight)`;
  if (route === 'preflight')
    return paint('red', `→ HTTP ${status}: ${explainRefusal(String(headers.origin))}`);
  if (status === null) return paint('red', '→ connection closed deliberately');
  if (taskId !== null) return `→ ${status < 400 ? '' : `HTTP ${status}, `}task ${short(taskId)}`;
  if (route === 'unknown') {
    return paint(
      'red',
      `→ HTTP ${status}: unknown operation${meant === null ? '' : `; did you mean ${meant}?`}`,
    );
  }
  if (route === 'not-mocked') return paint('red', `→ HTTP ${status}: exists at the vendor but is not mocked`);
  return paint('red', `→ HTTP ${status} ${answer.slice(0, 160)}`);
}

function short(taskId: string | null): string {
  return (taskId ?? '').slice(0, 8);
}
