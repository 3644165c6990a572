import { isInWindows } from '../core/ack-status.ts';
import { Defect } from './defect.ts';
import type { RulesOfDelivery, WebhookSource } from './delivery-source.ts';
import type { Lifecycle, OperationSource } from './lifecycle.ts';
import { step } from './pointer.ts';

/** Finds contradictions in the delivery rules of a pack and of its events, and in its rules for endpoints. */
export function checkDelivery(lifecycle: Lifecycle): Defect[] {
  const { delivery, events = {} } = lifecycle;
  const bodies = Object.values(events).flatMap((event) => Object.keys(event.bodies));
  return [
    ...checkEndpoints(lifecycle),
    ...(delivery === undefined ? [] : checkRules(delivery, delivery, bodies, '/delivery')),
    ...Object.entries(events).flatMap(([name, event]) => {
      if (event.delivery === undefined) return [];
      const whole = { ...(delivery ?? NO_RULES), ...event.delivery };
      return checkRules(event.delivery, whole, Object.keys(event.bodies), `/events${step(name)}/delivery`);
    }),
  ];
}

function checkEndpoints({ webhooks, events = {}, operations }: Lifecycle): Defect[] {
  const does: readonly string[] = Object.values(operations).map((operation) => operation.does);
  const hasPing = webhooks?.ping !== undefined;
  return [
    ...Object.entries(operations).flatMap(([id, operation]) => checkOperation(id, operation)),
    ...Object.entries(events).flatMap(([name, { webhook }]) =>
      webhook === undefined || webhooks !== undefined
        ? []
        : [
            new Defect(
              '"webhooks" is required because events go to endpoints',
              `/events${step(name)}/webhook`,
            ),
          ],
    ),
    ...(webhooks === undefined || does.includes('webhook-create')
      ? []
      : [new Defect('no operation registers an endpoint; add one with "does: webhook-create"', '/webhooks')]),
    ...(webhooks === undefined || hasPing === does.includes('webhook-ping')
      ? []
      : [
          new Defect(
            hasPing ? 'no operation sends a ping' : '"ping" is required because an operation sends it',
            hasPing ? '/webhooks/ping' : '/webhooks',
          ),
        ]),
  ];
}

function checkOperation(id: string, operation: OperationSource): Defect[] {
  const at = `/operations${step(id)}`;
  if (!operation.does.startsWith('webhook-')) return [];
  const { does, endpoint, item, answer } = operation as WebhookSource;
  const isAboutOne = does !== 'webhook-create' && does !== 'webhook-list';
  if (isAboutOne && endpoint === undefined)
    return [new Defect('missing the "endpoint" that it is about', at)];
  const isComplete = does !== 'webhook-list' || (item !== undefined && answer !== undefined);
  return isComplete ? [] : [new Defect('a list needs an "item" and an "answer"', at)];
}

const NO_RULES = { ackStatus: '200', retries: 0 } as const;

/**
 * @param own the rules in one place, where defects are reported
 * @param whole the rules that apply there
 */
function checkRules(
  own: Partial<RulesOfDelivery>,
  whole: Pick<RulesOfDelivery, 'ackStatus' | 'retries' | 'retriesFor'>,
  states: readonly string[],
  at: string,
): Defect[] {
  const accepted = [whole.ackStatus].flat().join(', ');
  const ending = own.endsRetries === undefined ? [] : [own.endsRetries].flat();
  const both = ending.find((window) => statusesOf(window).every((status) => isInWindows(accepted, status)));
  const retried = [whole.retries, ...Object.values(whole.retriesFor ?? {})];
  return [
    ...Object.keys(own.retriesFor ?? {}).flatMap((state) =>
      states.includes(state)
        ? []
        : [
            new Defect(
              `no callback is about state "${state}"; expected one of ${states.join(', ')}`,
              `${at}/retriesFor${step(state)}`,
            ),
          ],
    ),
    ...(both === undefined
      ? []
      : [new Defect(`${both} acknowledges a callback, so it cannot end its retries`, `${at}/endsRetries`)]),
    ...(own.gapJitter !== undefined && retried.every((count) => count === 0)
      ? [new Defect('"gapJitter" has no effect, because callbacks are not retried', `${at}/gapJitter`)]
      : []),
  ];
}

function statusesOf(window: string): number[] {
  const all = Array.from({ length: 500 }, (_none, index) => 100 + index);
  return all.filter((status) => isInWindows(window, status));
}
