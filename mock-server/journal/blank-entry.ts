import type { OpenEntry } from './unpack-entry.ts';

/**
 * Returns an entry from before the journal was cleared in the form that stays on disk: it keeps the data that the
 * mock's state is built from, including counters, and drops all request, response and callback contents.
 * @param isKept whether a task still exists
 */
export function blankEntry(record: OpenEntry, isKept: (taskId: string) => boolean): OpenEntry {
  switch (record.type) {
    case 'request.answered':
      return { ...record, url: '', headers: {}, requestBody: '', answer: '' };
    case 'sink.received':
      return { ...record, url: '', body: '' };
    case 'media.served':
      return { ...record, range: null };
    case 'pack.refused':
      return { ...record, problem: '' };
    case 'attempt.started':
      return { ...record, headers: {}, body: '' };
    case 'attempt.ended':
      return isKept(record.taskId) ? record : { ...record, attempt: { ...record.attempt, answer: '' } };
    case 'task.submitted':
    case 'task.amended': {
      if (isKept(record.taskId)) return record;
      return { ...record, plan: { ...record.plan, request: {}, requestText: null, pathParams: null } };
    }
    default:
      return record;
  }
}
