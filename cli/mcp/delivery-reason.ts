import type { TaskReport } from '../../mock-server/index.ts';

type Delivery = TaskReport['deliveries'][number];
type Attempt = Delivery['attempts'][number];

/** Says in one sentence why a callback has its status. */
export function reasonOf({ status, attempts, dueAt }: Delivery): string {
  const last = attempts.at(-1);
  const count = attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`;
  if (last === undefined) return `The callback has not been sent; it is due at ${dueAt}.`;
  switch (status) {
    case 'acknowledged':
      return `The receiver acknowledged the callback with HTTP ${last.status} after ${count}.`;
    case 'abandoned':
      return `The vendor stopped after ${count}. The last one ${endOf(last)}.`;
    default:
      return `The callback is ${status} after ${count}. The last one ${endOf(last)}.`;
  }
}

function endOf({ outcome, status, detail }: Attempt): string {
  if (outcome === null || outcome === undefined) return 'is in flight';
  if (status !== null)
    return `was answered with HTTP ${status}${detail === '' || detail === null ? '' : `: ${detail}`}`;
  return detail === '' || detail === null ? `ended as "${outcome}"` : `ended as "${outcome}": ${detail}`;
}
