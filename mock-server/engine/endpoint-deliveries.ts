import { renumber } from '../core/amend.ts';
import { nextDeliveryNumber, promiseCallbacks } from '../core/promise-callbacks.ts';
import type { Plan, PlannedDelivery } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';
import type { Endpoint } from './endpoint-fold.ts';
import type { Endpoints } from './endpoints.ts';

/** Promises the callbacks about a step of a task to the endpoints that are registered when it is reached. */
export type PromiseToEndpoints = (task: TaskRecord, plan: Plan, step: number) => void;

export interface EndpointDeliveriesOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly journal: Pick<Journal, 'append'>;
  readonly endpoints: Pick<Endpoints, 'of'>;
  readonly speed: number;
}

export function createEndpointDeliveries(options: EndpointDeliveriesOptions): PromiseToEndpoints {
  const { packs, journal, endpoints, speed } = options;

  function promisedTo(endpoint: Endpoint, pack: Pack, plan: Plan, event: PackEvent): PlannedDelivery[] {
    const rules = pack.kinds.get(plan.kind);
    const url = pack.webhooks?.urlOf(endpoint.body);
    if (rules === undefined || typeof url !== 'string') return [];
    return promiseCallbacks({
      announcement: { event: event.name, url, signals: signalsFor(event, pack, endpoint) },
      steps: plan.steps,
      scenario: plan.scenario,
      ends: rules.ends,
      lateByMs: Math.round(rules.lateByMs / speed),
    });
  }

  /** Each promise has a number that follows those before it. */
  function promise(
    task: TaskRecord,
    plan: Plan,
    deliveries: readonly PlannedDelivery[],
    endpoint: string,
  ): void {
    const first = nextDeliveryNumber([...plan.callbacks, ...task.extra.slice(-1)]);
    for (const delivery of renumber(deliveries, first)) {
      const promised = { ...delivery, endpoint };
      journal.append({ type: 'delivery.promised', taskId: plan.taskId, delivery: promised });
    }
  }

  return (task, plan, step) => {
    const pack = packs.get(plan.pack);
    if (pack === undefined || pack.webhooks === null) return;
    const operation = pack.operations.find(({ id }) => id === plan.operation);
    if (operation?.type !== 'submit') return;
    const events = operation.events.filter(({ webhook }) => webhook !== null);
    const enabled = endpoints.of(pack, plan.account).filter(({ status }) => status === 'enabled');
    for (const endpoint of enabled) {
      for (const event of events) {
        const due = promisedTo(endpoint, pack, plan, event).filter((one) => isOfStep(one, plan, step));
        promise(task, plan, due, endpoint.id);
      }
    }
  };
}

/** Forged callbacks claim the end of a task while it is running, so they are promised with its first step. */
function isOfStep({ state, flaw }: PlannedDelivery, { steps }: Plan, step: number): boolean {
  return flaw === 'forged' ? step === 0 : state === steps[step]?.state;
}

/** The signals that an endpoint subscribes to; all of them when it names none. */
function signalsFor({ signals }: PackEvent, { webhooks }: Pack, { body }: Endpoint): PackEvent['signals'] {
  const wanted = webhooks?.eventsOf?.(body);
  if (!Array.isArray(wanted) || wanted.length === 0) return signals;
  return new Map(
    [...signals].map(([state, all]) => [state, all.filter(({ name }) => wanted.includes(name))] as const),
  );
}
