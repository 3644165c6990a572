import { type ByteBudget, bytesOfText, LONG_TEXT } from './byte-budget.ts';
import type { PackedEntry } from './journal-entry.ts';
import { longRequestOf } from './packed-plan.ts';

/** Measured on V8, rounded up: an entry with its stamps, and a header with its name. */
const ENTRY_BYTES = 400;
const HEADER_BYTES = 40;

/** Returns the entry with its long texts deduplicated among the entries of its task. */
export function shareTexts(record: PackedEntry, budget: ByteBudget): PackedEntry {
  switch (record.type) {
    case 'request.answered': {
      const { taskId, requestBody, answer } = record;
      if (taskId === null || (isShort(requestBody) && isShort(answer))) return record;
      return {
        ...record,
        requestBody: keep(requestBody, taskId, budget),
        answer: keep(answer, taskId, budget),
      };
    }
    case 'attempt.started':
      return isShort(record.body) ? record : { ...record, body: keep(record.body, record.taskId, budget) };
    case 'task.submitted':
    case 'task.amended': {
      const text = longRequestOf(record.packed);
      // The task shares the packed plan, including its text.
      if (text !== null) budget.keepText('journal', record.taskId, text);
      return record;
    }
    default:
      return record;
  }
}

/** Reverts `shareTexts` for an evicted entry. */
export function dropTexts(record: PackedEntry, budget: ByteBudget): void {
  switch (record.type) {
    case 'request.answered':
      if (record.taskId === null) return;
      drop(record.requestBody, record.taskId, budget);
      drop(record.answer, record.taskId, budget);
      return;
    case 'attempt.started':
      return drop(record.body, record.taskId, budget);
    case 'task.submitted':
    case 'task.amended': {
      const text = longRequestOf(record.packed);
      if (text !== null) budget.dropText('journal', record.taskId, text);
      return;
    }
    default:
      return;
  }
}

/** Returns the size of an entry in bytes, without the deduplicated texts. */
export function weighEntry(record: PackedEntry): number {
  switch (record.type) {
    case 'request.answered': {
      const { taskId, url, headers, requestBody, answer } = record;
      const isShared = taskId !== null;
      return (
        ENTRY_BYTES + url.length + weighHeaders(headers) + own(requestBody, isShared) + own(answer, isShared)
      );
    }
    case 'attempt.started':
      return ENTRY_BYTES + record.url.length + weighHeaders(record.headers) + own(record.body, true);
    case 'attempt.ended': {
      const { answer, detail } = record.attempt;
      return ENTRY_BYTES + record.url.length + bytesOfText(answer) + (detail?.length ?? 0);
    }
    case 'task.submitted':
    case 'task.amended':
      return ENTRY_BYTES + record.packed.bytes;
    case 'sink.received':
      return ENTRY_BYTES + record.url.length + bytesOfText(record.body);
    case 'media.served':
      return ENTRY_BYTES + record.name.length + (record.range?.length ?? 0);
    case 'scenario.queued':
    case 'scenario.taken':
      return ENTRY_BYTES + record.scenario.length;
    case 'delivery.promised':
      return ENTRY_BYTES + record.delivery.url.length;
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
