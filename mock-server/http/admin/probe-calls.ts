import type { Express } from 'express';
import { refuseMethod } from './admin-errors.ts';
import type { AdminRoutesOptions } from './admin-routes-options.ts';

/** Adds the calls of load balancers and of Kubernetes: whether the process works, and whether it takes calls. */
export function addProbes(app: Express, presence: AdminRoutesOptions['presence']): void {
  app
    .route('/health/live')
    .get((_request, response) => {
      response.json({ status: 'live' });
    })
    .all(refuseMethod);
  app
    .route('/health/ready')
    .get((_request, response) => {
      const { absence } = presence;
      if (absence === null) response.json({ status: 'ready' });
      else response.status(503).json({ status: 'absent', because: absence });
    })
    .all(refuseMethod);
}
