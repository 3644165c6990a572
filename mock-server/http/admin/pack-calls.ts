import type { Express } from 'express';
import { failureName } from '../../core/outcome-name.ts';
import type { DeliveryPolicy } from '../../core/types.ts';
import { createDeliveryPolicies } from '../../engine/delivery-policies.ts';
import { describePack } from '../../packs/describe-pack.ts';
import { inDocumentedOrder } from '../../packs/in-documented-order.ts';
import type { Pack } from '../../packs/pack.ts';
import { listScenarios } from '../../scenarios/catalog.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { acceptsQuery } from './parameters.ts';

/** Adds the call that describes the loaded packs. */
export function addPackCalls(app: Express, { packs, router, settings }: AdminTools): void {
  const policyOf = createDeliveryPolicies(settings);
  app
    .route('/packs')
    .get(acceptsQuery(), (_request, response) => {
      response.json(
        inDocumentedOrder(packs).map((pack) => ({
          ...describePack(pack),
          bases: router.places.find((place) => place.pack.name === pack.name)?.bases ?? [],
          delivery: [...pack.events].map(([event, rules]) => showPolicy(event, policyOf(rules))),
          scenarios: describeScenarios(pack),
        })),
      );
    })
    .all(refuseMethod);
}

function describeScenarios(pack: Pack) {
  const classes = new Map([...pack.failures.values()].map((one) => [failureName(one.slug), one.class]));
  return listScenarios([pack]).map(({ name, summary }) => ({
    name,
    summary,
    failureClass: classes.get(name) ?? null,
  }));
}

/** The rules that apply here: those of the vendor, with the settings and the speed of the mock. */
function showPolicy(event: string, { ackTimeoutMs, retries, retriesFor, gapsMs, gapJitter }: DeliveryPolicy) {
  return {
    event,
    timeoutMs: ackTimeoutMs,
    attempts: retries + 1,
    attemptsFor: Object.fromEntries(Object.entries(retriesFor).map(([state, n]) => [state, n + 1])),
    delaysMs: gapsMs,
    delayJitter: gapJitter,
  };
}
