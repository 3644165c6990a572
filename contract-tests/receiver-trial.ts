import type { App } from './app-under-test.ts';
import { type ContractRun, explainRun } from './contract-run.ts';
import { asOption, type NameOption } from './name-option.ts';
import { placelessError, readableError } from './readable-error.ts';
import { describeRun } from './receiver/describe-run.ts';
import type { ReceiverOptions } from './receiver/receiver-options.ts';
import { type ReceiverSettings, readReceiverSettings } from './receiver/receiver-settings.ts';
import { openSession, type Session } from './receiver/session.ts';
import type { CaseReport } from './report.ts';
import { sayDuration } from './reporters/wording.ts';
import { type ServedApp, serveApp } from './serve-app.ts';
import { type ErrorWatch, watchErrors } from './watch-errors.ts';
import { within } from './within.ts';

/** A receiver after the first contact, for a test file that judges it case by case. */
export interface ReceiverTrial {
  judge(one: Session['cases'][number]): Promise<CaseReport>;
  /**
   * Ends the trial.
   * @throws {Error} when the run is inconclusive or the app threw outside its cases
   */
  close(): Promise<void>;
}

export interface TrialOptions {
  readonly app: App | undefined;
  /** Path of the app. */
  readonly path: string;
  readonly url: string | undefined;
  readonly options: Omit<ReceiverOptions, 'url'>;
  readonly run: ContractRun;
  /** Upper bound for the first contact. */
  readonly limitMs: number;
}

/**
 * Serves the app, if there is one, and sends the receiver a first callback.
 * @throws {Error} with a remedy when nothing listens, the app cannot be called, or nothing can be observed
 */
export async function openTrial(trial: TrialOptions): Promise<ReceiverTrial> {
  const { app, url } = trial;
  if (app === undefined && url === undefined) throw placelessError('receiverContract needs "url" or "app".');
  const watch = app === undefined ? null : watchErrors();
  let served: ServedApp | null = null;
  try {
    served = app === undefined || watch === null ? null : await serveWatched(app, watch);
    return await meet(trial, served, watch);
  } catch (error) {
    await served?.close();
    watch?.close();
    throw readableError(served?.misfit() ?? error);
  }
}

function serveWatched(app: App, watch: ErrorWatch): Promise<ServedApp> {
  return serveApp(app, { around: watch.around, onError: watch.note });
}

async function meet(
  { path, url = '', options, run, limitMs }: TrialOptions,
  served: ServedApp | null,
  watch: ErrorWatch | null,
): Promise<ReceiverTrial> {
  const settings = readReceiverSettings(
    {
      ...options,
      ...(watch === null ? {} : { errors: watch.of }),
      url: served === null ? url : `${served.origin}${path}`,
      onActivity: run.onActivity,
    },
    served === null ? asOption : asOptionOfApp,
  );
  run.say(sayLimits(settings));
  const session = await within(openSession(settings), limitMs, () =>
    run.explainDelay(`The first contact with ${settings.url}`, limitMs),
  );
  const misfit = served?.misfit() ?? null;
  const findings = misfit ?? refuseInconclusive(session, [], run);
  if (findings !== null) {
    await session.close();
    throw findings;
  }
  const reports: CaseReport[] = [];
  return {
    async judge(one) {
      watch?.begin(one.id);
      const report = await session.judge(one);
      watch?.end(one.id);
      reports.push(report);
      return report;
    },
    async close() {
      const atTheEnd = refuseInconclusive(session, reports, run);
      await session.close();
      await served?.close();
      watch?.close();
      const late = watch?.unreported() ?? [];
      if (late.length > 0) {
        throw placelessError(`The app threw errors outside its cases:\n${late.join('\n')}`);
      }
      if (atTheEnd !== null) throw atTheEnd;
    },
  };
}

/** The user sets the path of an app, not its URL. */
const asOptionOfApp: NameOption = (option) => asOption(option === 'url' ? 'path' : option);

function sayLimits(settings: ReceiverSettings): string {
  const { cases, ackTimeoutMs, usualDuration } = describeRun(settings);
  const what = cases === 1 ? '1 case' : `${cases} cases`;
  const usual = usualDuration === null ? '' : `, usually ${usualDuration}`;
  return `${what}${usual}; the receiver has ${sayDuration(ackTimeoutMs)} for each answer (ackTimeout)`;
}

/**
 * Prints findings about the whole run.
 * @returns the error of an inconclusive run; null otherwise
 */
function refuseInconclusive(
  session: Session,
  reports: readonly CaseReport[],
  run: ContractRun,
): Error | null {
  const report = session.conclude(reports);
  const why = explainRun(report);
  if (why !== null) run.say(why);
  return report.inconclusive === null ? null : placelessError(why ?? report.inconclusive);
}
