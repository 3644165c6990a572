import type { Express } from 'express';
import { ERRORS } from '../../core/error-codes.ts';
import type { Account } from '../../core/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { PackedEntry } from '../../journal/journal-entry.ts';
import { sharedOf } from '../../journal/packed-plan.ts';
import { type Problem, sendProblem } from '../problem.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { acceptsQuery, accountOf } from './parameters.ts';
import { createVerdicts } from './verdicts.ts';

/** Adds the call that judges clients by the journal so far. */
export function addVerdictCalls(app: Express, { packs, engine, journal, accounts, judge }: AdminTools): void {
  const verdicts =
    judge === null ? null : createVerdicts({ journal, packs, judge, concerns: createConcerns(engine) });
  app
    .route('/verdicts')
    .get(acceptsQuery('apiKey'), async (request, response) => {
      if (verdicts === null) return sendProblem(response, NO_JUDGE);
      const account = accountOf(request, accounts);
      const hungUp = new AbortController();
      response.on('close', () => hungUp.abort());
      try {
        response.json(await verdicts.of(account, hungUp.signal));
      } catch (error) {
        if (!hungUp.signal.aborted) throw error;
      }
    })
    .all(refuseMethod);
}

/**
 * Returns whether an entry is about the account or one of its tasks. Entries without an account, such as a reset,
 * concern all accounts.
 */
function createConcerns({
  tasks,
}: Pick<Engine, 'tasks'>): (record: PackedEntry, account: Account) => boolean {
  return (record, account) => {
    if ('account' in record) return record.account === account;
    if (!('taskId' in record)) return true;
    const task = record.taskId === null ? undefined : tasks.get(record.taskId);
    return task !== undefined && sharedOf(task.packed).account === account;
  };
}

const NO_JUDGE: Problem = {
  status: 501,
  title: ERRORS.NO_JUDGE.title,
  detail: 'The mock was created without a judge.',
  code: 'NO_JUDGE',
  remedy: 'Run "stuntdouble start", or pass `judge` to createMockServer().',
};
