import type { RequestListener } from 'node:http';
import express, { type RequestHandler } from 'express';
import type { Commands } from '../../engine/commands.ts';
import { sendProblem } from '../problem.ts';
import { readAdminBody } from './admin-body.ts';
import { answerErrors, refuseUnknown } from './admin-errors.ts';
import type { AdminGuard } from './admin-guard.ts';
import type { AdminRoutesOptions } from './admin-routes-options.ts';
import type { AdminTools } from './admin-tools.ts';
import { addClockCalls } from './clock-calls.ts';
import { addEndpointCalls } from './endpoint-calls.ts';
import { addHealthCalls } from './health-calls.ts';
import { addJournalCalls } from './journal-calls.ts';
import { addMediaCalls } from './media-calls.ts';
import { addPackCalls } from './pack-calls.ts';
import { addProbes } from './probe-calls.ts';
import { addReportCalls } from './report-calls.ts';
import { addScenarioCalls } from './scenario-calls.ts';
import { addSnapshotCalls } from './snapshot-calls.ts';
import { addTaskCommands, addTaskViews } from './task-calls.ts';
import { addVerdictCalls } from './verdict-calls.ts';

const RESOURCES = [
  addHealthCalls,
  addClockCalls,
  addPackCalls,
  addTaskViews,
  addTaskCommands,
  addMediaCalls,
  addReportCalls,
  addSnapshotCalls,
  addEndpointCalls,
  addScenarioCalls,
  addJournalCalls,
  addVerdictCalls,
];

/**
 * Creates the admin API, to be mounted at `/__admin`, as described in spec/admin.openapi.yaml. The return type does not
 * mention Express, because the public types include it and users do not need the types of Express.
 */
export function createAdminRoutes(options: AdminRoutesOptions): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  // Every answer reflects the current state, so conditional requests and 304 make no sense here.
  app.disable('etag');
  // Load balancers have no token, and these calls tell nothing else.
  addProbes(app, options.presence);
  app.use(guarded(options.guard));
  if (options.commands.isShared) app.use(gathered(options.commands));
  const tools: AdminTools = { ...options, json: readAdminBody(options.intake) };
  for (const addCalls of RESOURCES) addCalls(app, tools);
  app.use(refuseUnknown);
  app.use(answerErrors);
  return app;
}

/** Paths of reads that show what all replicas have recorded. */
const RECORDED = /^\/(journal|tasks|snapshot|endpoints|verdicts|metrics|events|scenarios|clock)\b/;

/** Waits for what other replicas have recorded before it is read. */
function gathered(commands: Commands): RequestHandler {
  return async (request, _response, next) => {
    if (request.method === 'GET' && RECORDED.test(request.path)) await commands.gathered();
    next();
  };
}

function guarded(guard: AdminGuard): RequestHandler {
  return (request, response, next) => {
    const problem = guard(request);
    if (problem === null) next();
    else sendProblem(response, problem);
  };
}
