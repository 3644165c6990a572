import type { Express } from 'express';
import { parseDuration } from '../../core/duration.ts';
import type { Commands } from '../../engine/commands.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { changesState } from './changes-state.ts';
import { badRequest, objectBody, shown, textField } from './parameters.ts';

/** Adds the calls that show and advance service time. */
export function addClockCalls(app: Express, tools: AdminTools): void {
  const { commands, journal, json } = tools;
  app
    .route('/clock')
    .get((_request, response) => {
      response.json(showClock(tools));
    })
    .post(
      json,
      changesState(journal, async (request) => {
        await moveClock(commands, objectBody(request, ['advance', 'set']));
        return { status: 200, body: showClock(tools) };
      }),
    )
    .all(refuseMethod);
}

function showClock({ clock, engine, journal, settings }: AdminTools) {
  const next = engine.next();
  return {
    instance: journal.instance,
    mode: clock.mode,
    speed: settings.speed,
    now: iso(clock.now()),
    wallNow: iso(clock.wallNow()),
    nextAt: next === null ? null : iso(next.at),
    next: next === null ? null : { ...next, at: iso(next.at) },
  };
}

async function moveClock(commands: Commands, body: Readonly<Record<string, unknown>>): Promise<void> {
  if ((body.advance === undefined) === (body.set === undefined)) {
    throw badRequest('the body must have either "advance" (a duration like 14d) or "set" (an ISO 8601 time)');
  }
  if (body.set !== undefined) return commands.moveTo(readMoment(textField(body, 'set')));
  return commands.advance(readAdvance(textField(body, 'advance')));
}

function readAdvance(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== null) return durationMs;
  throw badRequest(`advance must be a duration like 30s or 14d, got ${shown(text)}`);
}

/** A time without a zone would mean a different moment on another machine. */
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/i;

function readMoment(text: string): number {
  const at = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw badRequest(
    `set must be an ISO 8601 time with a zone, like 2026-02-01T12:00:00Z, or a date, got ${shown(text)}`,
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
