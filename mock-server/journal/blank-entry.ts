import type { OpenEntry } from './unpack-entry.ts';

/**
 * Returns an entry from before the journal was cleared in the form that stays on disk: it keeps the data that the
 * mock's state is built from, including counters, and drops all request, response and callback contents.
 * @param isKept whether a task still exists
 */
export function blankEntry(entry: OpenEntry, isKept: (taskId: string) => boolean): OpenEntry {
  switch (entry.type) {
    case 'request.answered':
      return { ...entry, url: '', headers: {}, requestBody: '', answer: '' };
    case 'endpoint.pinged':
    case 'sink.received':
      return { ...entry, url: '', body: '' };
    case 'media.served':
      return { ...entry, range: null };
    case 'pack.refused':
      return { ...entry, problem: '' };
    case 'attempt.started':
      return { ...entry, headers: {}, body: '' };
    case 'attempt.ended':
      return isKept(entry.taskId) ? entry : { ...entry, attempt: { ...entry.attempt, answer: '' } };
    case 'task.submitted':
    case 'task.amended': {
      if (isKept(entry.taskId)) return entry;
      return { ...entry, plan: { ...entry.plan, request: {}, requestText: null, pathParams: null } };
    }
    default:
      return entry;
  }
}
