import { VERSION } from '../../mock-server/index.ts';
import { refuseUnknownOptions } from '../../mock-server/internal.ts';
import { withoutKeys } from '../hide-keys.ts';
import { asOption, type NameOption } from '../name-option.ts';
import { type SuiteReport, summarize } from '../report.ts';
import { sayDuration } from '../reporters/wording.ts';
import { CLIENT_OPTIONS, type ClientOptions } from './client-options.ts';
import { type ClientSettings, readClientSettings } from './client-settings.ts';
import { headlinesOf, notesOf } from './headlines.ts';
import { runTrial } from './trial.ts';

export type { ClientOptions } from './client-options.ts';

/**
 * Runs a client once for each stimulus, and judges its calls, downloads and output.
 * @param nameOption names an option in texts of the report (default: as in a program)
 * @throws {CodedError} CASE_UNKNOWN, OPTION_INVALID, CLIENT_UNUSABLE
 */
export async function judgeClient(
  options: ClientOptions,
  nameOption: NameOption = asOption,
): Promise<SuiteReport> {
  refuseUnknownOptions('judgeClient()', options, CLIENT_OPTIONS);
  const startedAt = new Date();
  const settings = await readClientSettings(options, nameOption);
  const { pack, usesCallbacks, runs, reports, runsAlone } = await runTrial(settings);
  const report: SuiteReport = {
    suite: 'client',
    version: VERSION,
    target: settings.client.name,
    pack: pack?.name ?? '',
    profile: pack?.profile ?? '',
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
  return withoutKeys(report, settings.keys);
}

function describe({
  time,
  timeScale,
  limitMs,
  giveUpWithinMs,
  isQuick,
  tlsDir,
}: ClientSettings): Record<string, string> {
  return {
    time: time === 'service' ? 'virtual clock, with the timers of the client' : `wall time, ${timeScale}x`,
    timeLimit: sayDuration(limitMs),
    giveUpWithin: sayDuration(giveUpWithinMs),
    ...(isQuick ? { selection: 'quick' } : {}),
    ...(tlsDir === null ? {} : { tls: tlsDir }),
  };
}
