import { isInWindows } from '../core/ack-status.ts';
import { Defect } from './defect.ts';
import type { Lifecycle, RulesOfDelivery } from './lifecycle.ts';
import { step } from './pointer.ts';

/** Finds contradictions in the delivery rules of a pack and of its events. */
export function checkDelivery(lifecycle: Lifecycle): Defect[] {
  const { delivery, events = {} } = lifecycle;
  const bodies = Object.values(events).flatMap((event) => Object.keys(event.bodies));
  return [
    ...(delivery === undefined ? [] : checkRules(delivery, delivery, bodies, '/delivery')),
    ...Object.entries(events).flatMap(([name, event]) => {
      if (event.delivery === undefined) return [];
      const whole = { ...(delivery ?? NO_RULES), ...event.delivery };
      return checkRules(event.delivery, whole, Object.keys(event.bodies), `/events${step(name)}/delivery`);
    }),
  ];
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
