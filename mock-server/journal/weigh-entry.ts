import { type ByteBudget, bytesOfText, LONG_TEXT } from './byte-budget.ts';
import type { PackedEntry } from './journal-entry.ts';
import { longRequestOf } from './packed-plan.ts';

/** Measured on V8, rounded up: an entry with its stamps, and a header with its name. */
const ENTRY_BYTES = 400;
const HEADER_BYTES = 40;

/** Returns the entry with its long texts deduplicated among the entries of its task. */
export function shareTexts(entry: PackedEntry, budget: ByteBudget): PackedEntry {
  switch (entry.type) {
    case 'request.answered': {
      const { taskId, requestBody, answer } = entry;
      if (taskId === null || (isShort(requestBody) && isShort(answer))) return entry;
      return {
        ...entry,
        requestBody: keep(requestBody, taskId, budget),
        answer: keep(answer, taskId, budget),
      };
    }
    case 'attempt.started':
      return isShort(entry.body) ? entry : { ...entry, body: keep(entry.body, entry.taskId, budget) };
    case 'task.submitted':
    case 'task.amended': {
      const text = longRequestOf(entry.packed);
      // The task shares the packed plan, including its text.
      if (text !== null) budget.keepText('journal', entry.taskId, text);
      return entry;
    }
    default:
      return entry;
  }
}

/** Reverts `shareTexts` for an evicted entry. */
export function dropTexts(entry: PackedEntry, budget: ByteBudget): void {
  switch (entry.type) {
    case 'request.answered':
      if (entry.taskId === null) return;
      drop(entry.requestBody, entry.taskId, budget);
      drop(entry.answer, entry.taskId, budget);
      return;
    case 'attempt.started':
      return drop(entry.body, entry.taskId, budget);
    case 'task.submitted':
    case 'task.amended': {
      const text = longRequestOf(entry.packed);
      if (text !== null) budget.dropText('journal', entry.taskId, text);
      return;
    }
    default:
      return;
  }
}

/** Returns the size of an entry in bytes, without the deduplicated texts. */
export function weighEntry(entry: PackedEntry): number {
  switch (entry.type) {
    case 'request.answered': {
      const { taskId, url, headers, requestBody, answer } = entry;
      const isShared = taskId !== null;
      return (
        ENTRY_BYTES + url.length + weighHeaders(headers) + own(requestBody, isShared) + own(answer, isShared)
      );
    }
    case 'attempt.started':
      return ENTRY_BYTES + entry.url.length + weighHeaders(entry.headers) + own(entry.body, true);
    case 'attempt.ended': {
      const { answer, detail } = entry.attempt;
      return ENTRY_BYTES + entry.url.length + bytesOfText(answer) + (detail?.length ?? 0);
    }
    case 'task.submitted':
    case 'task.amended':
      return ENTRY_BYTES + entry.packed.bytes;
    case 'endpoint.pinged':
    case 'sink.received':
      return ENTRY_BYTES + entry.url.length + bytesOfText(entry.body);
    case 'endpoint.created':
    case 'endpoint.updated':
      return ENTRY_BYTES + bytesOfText(JSON.stringify(entry.body));
    case 'upload.stored':
      return ENTRY_BYTES + 2 * entry.name.length + bytesOfText(entry.content ?? '');
    case 'media.served':
      return ENTRY_BYTES + entry.name.length + (entry.range?.length ?? 0);
    case 'scenario.queued':
    case 'scenario.taken':
      return ENTRY_BYTES + entry.scenario.length;
    case 'delivery.promised':
      return ENTRY_BYTES + entry.delivery.url.length;
    default:
      return ENTRY_BYTES;
  }
}

function weighHeaders(headers: Readonly<Record<string, string | readonly string[] | undefined>>): number {
  let bytes = 0;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    bytes += HEADER_BYTES + name.length;
    if (typeof value === 'string') bytes += value.length;
    else for (const one of value) bytes += HEADER_BYTES + one.length;
  }
  return bytes;
}

function isShort(text: string): boolean {
  return text.length < LONG_TEXT;
}

function own(text: string, isShared: boolean): number {
  return isShared && !isShort(text) ? 0 : bytesOfText(text);
}

function keep(text: string, taskId: string, budget: ByteBudget): string {
  return isShort(text) ? text : budget.keepText('journal', taskId, text);
}

function drop(text: string, taskId: string, budget: ByteBudget): void {
  if (!isShort(text)) budget.dropText('journal', taskId, text);
}
