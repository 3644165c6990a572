import type { Express } from 'express';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { changesState } from './changes-state.ts';
import { acceptsQuery, accountOf, limitOf, objectBody, textField, timesField } from './parameters.ts';

/** Adds the calls for the queue of scenarios. */
export function addScenarioCalls(
  app: Express,
  { engine, commands, journal, accounts, json }: AdminTools,
): void {
  app
    .route('/scenarios')
    .get(acceptsQuery('limit'), (request, response) => {
      response.json(engine.scenarios.next(limitOf(request)));
    })
    .post(
      json,
      changesState(journal, async (request) => {
        const body = objectBody(request, ['scenario', 'times', 'apiKey']);
        const queued = await commands.run({
          type: 'enqueue',
          scenario: textField(body, 'scenario'),
          times: timesField(body),
          account: body.apiKey === undefined ? null : accounts.fromKey(textField(body, 'apiKey')),
        });
        return { status: 201, body: { ...queued, waiting: engine.scenarios.waiting } };
      }),
    )
    .delete(
      acceptsQuery('apiKey'),
      changesState(journal, async (request) => {
        await commands.run({ type: 'clear-scenarios', account: accountOf(request, accounts) ?? null });
        return { status: 204 };
      }),
    )
    .all(refuseMethod);
}
