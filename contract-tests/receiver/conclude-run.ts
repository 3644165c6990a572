import { VERSION } from '../../mock-server/index.ts';
import { hideInUrl, withoutKeys } from '../hide-keys.ts';
import { type CaseReport, type Headline, type SuiteReport, summarize } from '../report.ts';
import { sayDuration } from '../reporters/wording.ts';
import type { FirstContact } from './first-contact.ts';
import type { HangWatch } from './hang-watch.ts';
import type { Pace } from './pace.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import type { RunResources } from './run-resources.ts';
import type { Subject } from './subject.ts';
import { remarksOn } from './url-remarks.ts';

/** What a report states about the run as a whole. */
export interface RunFindings {
  /** Findings about the whole run. */
  readonly headlines: readonly Headline[];
  /** Reason why the run is inconclusive; null if it is not. */
  readonly inconclusive: string | null;
}

/** Returns the findings so far. */
export function findingsOf(
  contact: Pick<FirstContact, 'halt' | 'acceptsAnything' | 'headlines'>,
  watch: Pick<HangWatch, 'headlines' | 'inconclusive'>,
  subject: Pick<Subject, 'url' | 'downloads'>,
): RunFindings {
  const isCatchAll = contact.acceptsAnything && !subject.downloads;
  return {
    headlines: [...contact.headlines, ...watch.headlines, ...(isCatchAll ? [catchAll(subject)] : [])],
    inconclusive: watch.inconclusive ?? whyInconclusive(contact, isCatchAll),
  };
}

function whyInconclusive({ halt }: Pick<FirstContact, 'halt'>, isCatchAll: boolean): string | null {
  if (halt !== null && !halt.isFault) return 'The first valid callback was not acknowledged.';
  return isCatchAll
    ? 'The URL does not appear to be a receiver: it acknowledges a GET, invalid JSON and plain text like a callback, and no effect was observed.'
    : null;
}

function catchAll({ url }: Pick<Subject, 'url'>): Headline {
  return {
    text: `${url} does not appear to be a receiver: it answers 2xx to a GET, to invalid JSON and to plain text.`,
    remedy:
      'Use the URL of the receiver itself, including its path: this may be a catch-all route or the fallback of a single-page app.',
  };
}

/** Inputs for the report of a run. */
export interface RunConclusion {
  readonly settings: ReceiverSettings;
  readonly subject: Subject;
  readonly resources: Pick<RunResources, 'observations' | 'pace'>;
  readonly startedAt: Date;
  readonly reports: readonly CaseReport[];
  readonly findings: RunFindings;
}

/** Builds the report of a run. */
export function concludeRun(run: RunConclusion): SuiteReport {
  const { settings, subject, resources, startedAt, reports, findings } = run;
  const { pack, event, url } = settings;
  const report: SuiteReport = {
    suite: 'receiver',
    version: VERSION,
    target: hideInUrl(url),
    pack: pack.name,
    profile: pack.profile,
    event: event.name,
    seed: settings.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    channels: {
      ack: true,
      media: subject.downloads,
      probe: subject.hasProbe,
      api: resources.observations.sawPolls || subject.canSubmit,
    },
    settings: describeLimits(settings, resources.pace),
    cases: reports,
    summary: summarize(reports),
    notes: remarksOn(new URL(url)),
    headlines: findings.headlines,
    inconclusive: findings.inconclusive,
  };
  return withoutKeys(report, settings.keys);
}

function describeLimits(
  { ackTimeoutMs, fastAckMs, downloadWithinMs, realGaps, nameOption }: ReceiverSettings,
  pace: Pace,
): SuiteReport['settings'] {
  return {
    ackTimeout: sayDuration(ackTimeoutMs),
    settle: sayDuration(pace.settleMs),
    patience: sayDuration(pace.patienceMs),
    fastAck: sayDuration(fastAckMs),
    downloadWithin: sayDuration(downloadWithinMs),
    retryGaps: realGaps
      ? 'the gaps of the vendor'
      : `skipped: each retry is sent immediately (set ${nameOption('realGaps')} to wait)`,
  };
}
