import { CodedError } from '../core/coded-error.ts';
import { deliveryId, nextDeliveryNumber } from '../core/promise-callbacks.ts';
import type { Plan, PlannedDelivery } from '../core/types.ts';
import { viewTask } from '../core/view.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { kindOfTask } from '../packs/kind-by-field.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { announcementOf } from './announcement.ts';

/** Options of `tasks.redeliver()`. */
export interface RedeliverOptions {
  /** URL that it is sent to (default: that of the last callback). */
  readonly to?: string;
  /** Whether a forged callback is sent, which claims success with different media (default: false). */
  readonly forged?: boolean;
}

/**
 * Returns the delivery that sends the callback of a task again.
 * @throws {CodedError} NO_CALLBACK, BAD_REQUEST
 */
export function redeliveryOf(
  task: TaskRecord,
  operation: SubmitOperation,
  now: number,
  { to, forged = false }: RedeliverOptions = {},
): PlannedDelivery {
  const { plan } = task;
  if (to !== undefined) refuseOtherThanUrl(to);
  const state = forged ? kindOfTask(operation, plan).ends.success : viewTask(plan, now).state;
  const fresh = {
    id: deliveryId(nextDeliveryNumber([...plan.callbacks, ...task.extra.slice(-1)])),
    dueAt: now,
    after: null,
    flaw: forged ? ('forged' as const) : null,
    retries: forged ? 0 : null,
  };
  const named = announcementOf(operation, plan.request, plan.targets);
  const sent = task.extra.findLast(({ endpoint }) => endpoint !== undefined);
  if (named === null && sent !== undefined) {
    // Another URL is not that of the endpoint.
    const { endpoint: _endpoint, ...elsewhere } = sent;
    const again = to === undefined ? sent : { ...elsewhere, url: to };
    return { ...again, ...fresh, state: forged ? state : sent.state };
  }
  const announcement = named ?? announcementAt(operation, plan, to);
  if (announcement === null) throw noCallback(plan, 'its request named no callback URL');
  if ((announcement.signals.get(state) ?? []).length === 0) {
    throw noCallback(plan, `no callback is sent in state "${state}"`);
  }
  const url = to ?? plan.callbacks.at(-1)?.url ?? announcement.url;
  return { ...fresh, event: announcement.event, url, state };
}

/** A task without a callback URL can be announced at a URL that is given later. */
function announcementAt(operation: SubmitOperation, { request }: Plan, url: string | undefined) {
  const { event } = operation;
  if (url === undefined || event === null) return null;
  return announcementOf(operation, request, [{ event: event.name, url }]);
}

function refuseOtherThanUrl(text: string): void {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return;
  throw new CodedError(
    'BAD_REQUEST',
    `"${text.slice(0, 100)}" is not a URL that callbacks can be sent to`,
    'Specify a URL that begins with http:// or https://.',
  );
}

function noCallback({ taskId }: Plan, why: string): CodedError {
  return new CodedError('NO_CALLBACK', `task "${taskId}" has no callback to send: ${why}`);
}
