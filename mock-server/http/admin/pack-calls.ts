import type { Express } from 'express';
import { describePack } from '../../packs/describe-pack.ts';
import { inDocumentedOrder } from '../../packs/in-documented-order.ts';
import { listScenarios } from '../../scenarios/catalog.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { acceptsQuery } from './parameters.ts';

/** Adds the call that describes the loaded packs. */
export function addPackCalls(app: Express, { packs, router }: AdminTools): void {
  app
    .route('/packs')
    .get(acceptsQuery(), (_request, response) => {
      response.json(
        inDocumentedOrder(packs).map((pack) => ({
          ...describePack(pack),
          bases: router.places.find((place) => place.pack.name === pack.name)?.bases ?? [],
          scenarios: listScenarios([pack]).map(({ name, summary }) => ({ name, summary })),
        })),
      );
    })
    .all(refuseMethod);
}
