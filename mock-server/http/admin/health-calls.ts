import type { Express } from 'express';
import { adminDocument } from './admin-document.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { changesState } from './changes-state.ts';
import { acceptsQuery } from './parameters.ts';

/** Adds the calls about the mock as a whole: its health, document, metrics and reset. */
export function addHealthCalls(
  app: Express,
  { packs, commands, clock, journal, metrics, settings, trouble, presence }: AdminTools,
): void {
  app
    .route('/health')
    .get((_request, response) => {
      response.json({
        ...healthOf(trouble()),
        version: settings.version,
        packs: packs.map(({ name }) => name),
        profiles: Object.fromEntries(packs.map(({ name, profile }) => [name, profile])),
        now: new Date(clock.now()).toISOString(),
        ...replicasOf(presence),
      });
    })
    .all(refuseMethod);
  app
    .route('/openapi.json')
    .get((_request, response) => {
      response.json(adminDocument());
    })
    .all(refuseMethod);
  app
    .route('/metrics')
    .get((_request, response) => {
      response.type('text/plain; version=0.0.4').send(metrics.render());
    })
    .all(refuseMethod);
  app
    .route('/reset')
    .post(
      acceptsQuery(),
      changesState(
        journal,
        async () => {
          await commands.run({ type: 'reset' });
          return { status: 204 };
        },
        // A reset must work on a full disk, because it can free space.
        { evenUnwritable: true },
      ),
    )
    .all(refuseMethod);
}

function replicasOf({ replica, replicas }: AdminTools['presence']) {
  return replica === null ? {} : { replica, replicas };
}

function healthOf(trouble: string | null) {
  return trouble === null ? { status: 'ok' } : { status: 'degraded', trouble };
}
