import { refuseUnknownOptions, VERSION } from '../../mock-server/index.ts';
import { chooseCases } from '../choose-cases.ts';
import { isSecretVariable, keysInCommand, withoutKeys } from '../hide-keys.ts';
import { type SuiteReport, summarize } from '../report.ts';
import { CLIENT_CASES } from './cases.ts';
import type { ClientCase } from './client-case.ts';
import {
  CLIENT_OPTIONS,
  type ClientOptions,
  type ClientSettings,
  readClientSettings,
} from './client-options.ts';
import { headlinesOf, notesOf } from './headlines.ts';
import { QUICK } from './stimuli.ts';
import { runTrial } from './trial.ts';

export type { ClientOptions } from './client-options.ts';

/**
 * Runs a client once for each stimulus, and judges its calls, downloads and output.
 * @throws {CodedError} CASE_UNKNOWN, OPTION_INVALID, CLIENT_UNUSABLE
 */
export async function judgeClient(options: ClientOptions): Promise<SuiteReport> {
  refuseUnknownOptions('judgeClient()', options, CLIENT_OPTIONS);
  const startedAt = new Date();
  const settings = await readClientSettings(options);
  const { pack, usesCallbacks, runs, reports, runsAlone } = await runTrial(settings, clientCases(options));
  const report: SuiteReport = {
    suite: 'client',
    version: VERSION,
    target: settings.client.name,
    pack: pack.name,
    profile: pack.profile,
    event: null,
    seed: settings.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    channels: {
      api: true,
      output: true,
      media: runs[0] !== undefined && runs[0].downloads.length > 0,
      callbacks: usesCallbacks,
    },
    settings: describe(settings),
    cases: reports,
    summary: summarize(reports),
    notes: notesOf(settings, runsAlone),
    headlines: headlinesOf(runs, settings),
    inconclusive: null,
  };
  return withoutKeys(report, keysGiven(options));
}

function keysGiven({ command = [], env = {} }: ClientOptions): string[] {
  const variables = Object.entries(env).filter(([name, value]) => isSecretVariable(name, value));
  return [...keysInCommand(command), ...variables.map(([, value]) => value)];
}

/** Returns the cases that the options select. @throws {CodedError} CASE_UNKNOWN */
export function clientCases({ only, quick }: Pick<ClientOptions, 'only' | 'quick'>): readonly ClientCase[] {
  const selected = chooseCases(CLIENT_CASES, only);
  return quick === true
    ? selected.filter(({ stimuli }) => stimuli.some((name) => QUICK.has(name)))
    : selected;
}

function describe({
  time,
  timeScale,
  limitMs,
  giveUpWithinMs,
  options,
}: ClientSettings): Record<string, string> {
  return {
    time: time === 'service' ? 'virtual clock, with the timers of the client' : `wall time, ${timeScale}x`,
    timeLimit: `${limitMs} ms`,
    giveUpWithin: `${giveUpWithinMs} ms`,
    ...(options.quick === true ? { selection: 'quick' } : {}),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  };
}
