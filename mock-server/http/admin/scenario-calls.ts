import type { Express } from 'express';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { changesState } from './changes-state.ts';
import { acceptsQuery, accountOf, limitOf, objectBody, textField, timesField } from './parameters.ts';

/** Adds the calls for the queue of scenarios. */
export function addScenarioCalls(app: Express, { engine, journal, accounts, json }: AdminTools): void {
  app
    .route('/scenarios')
    .get(acceptsQuery('limit'), (request, response) => {
      response.json(engine.scenarios.next(limitOf(request)));
    })
    .post(
      json,
      changesState(journal, (request) => {
        const body = objectBody(request, ['scenario', 'times', 'apiKey']);
        const queued = engine.scenarios.enqueue(textField(body, 'scenario'), {
          times: timesField(body),
          account: body.apiKey === undefined ? null : accounts.fromKey(textField(body, 'apiKey')),
        });
        return { status: 201, body: { ...queued, waiting: engine.scenarios.waiting } };
      }),
    )
    .delete(
      acceptsQuery('apiKey'),
      changesState(journal, (request) => {
        engine.scenarios.clear(accountOf(request, accounts));
        return { status: 204 };
      }),
    )
    .all(refuseMethod);
}
