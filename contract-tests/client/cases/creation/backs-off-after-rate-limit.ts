import {
  type ClientCase,
  certain,
  type Finding,
  failed,
  notApplicable,
  notObservable,
  passed,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { durationText, gapsBetween, rejectedFor, submitsIn } from '../../evidence-queries.ts';
import { jobsIn } from '../../job.ts';
import { textWithCode } from '../../pack-text.ts';
import { sdkOf } from '../../vendor-sdk.ts';

/** A wait between two submissions of one job. */
interface Wait {
  readonly gapMs: number;
  readonly call: ApiCall;
  /** Wait that the preceding rejection asked for in Retry-After; 0 without the header. */
  readonly askedMs: number;
}

/** Smallest factor between the first wait and the last that counts as backing off. */
const GROWTH = 1.3;
/** Largest relative spread of waits that counts as constant, without jitter. */
const STEADY = 0.2;

export const backsOffAfterRateLimit: ClientCase = {
  id: 'CLI-CRE-09',
  group: 'Creating tasks',
  title: 'The client backs off after it is rate-limited',
  level: 'must',
  requirement: textWithCode(
    'a rate-limit error',
    'rateLimited',
    (error) =>
      `After ${error}, the client MUST wait longer before each attempt, and at least as long as the Retry-After header asks for. Waits with jitter are judged by their means over several runs, so full and decorrelated jitter pass. Retries by an SDK count as retries by the application.`,
  ),
  why: 'A client that retries at a constant rate stays over the limit.',
  remedy: 'Back off exponentially with jitter, and wait at least as long as Retry-After says.',
  basis: [
    'rateLimit',
    { derived: 'A client that ignores Retry-After stays over the limit (RFC 9110, section 10.2.3).' },
  ],
  stimuli: ['too-many', 'retry-after'],
  isTimed: true,
  mostRuns: 8,
  judge: (evidence) => judgeTogether([evidence]),
  judgeRuns: judgeTogether,
};

function judgeTogether(runs: readonly Evidence[]): Finding {
  const all = runs.flatMap(waitsIn);
  if (runs.every((evidence) => rejectedFor(evidence, 'rateLimited').length === 0))
    return notApplicable('No submission was rate-limited.');
  const early = all.flat().filter(({ gapMs, askedMs }) => gapMs < 0.9 * askedMs);
  const [first] = early;
  if (first !== undefined) {
    const actual = `the client retried after ${durationText(first.gapMs)}, but Retry-After asked for ${durationText(first.askedMs)}`;
    return failed(`${actual}${senderOf(first)}`, early.map(callOf));
  }
  const series = all.filter(({ length }) => length > 1);
  if (series.length > 0) return judgeGrowth(series, runs);
  return all.flat().some(({ askedMs }) => askedMs > 0)
    ? passed('the client waited as long as Retry-After asked')
    : notApplicable('The client retried fewer than two times.');
}

/** Returns the waits of the job that was submitted most often. */
function waitsIn(evidence: Evidence): Wait[][] {
  const refused = new Set(rejectedFor(evidence, 'rateLimited'));
  const jobs = jobsIn(submitsIn(evidence)).filter((calls) => calls.some((call) => refused.has(call)));
  const [most] = jobs.toSorted((a, b) => b.length - a.length);
  // Submissions after the job was accepted are new orders, not retries.
  const end = (most ?? []).findIndex((call) => !refused.has(call));
  const attempts = end < 0 ? (most ?? []) : (most ?? []).slice(0, end + 1);
  const waits = gapsBetween(attempts).map(({ gapMs, call }, index) => ({
    gapMs,
    call,
    askedMs: askedBy(attempts[index]),
  }));
  return waits.length === 0 ? [] : [waits];
}

/** Returns the wait that a rejection asked for; 0 for an error inside HTTP 200, where clients do not expect the header. */
function askedBy(call: ApiCall | undefined): number {
  const { status, retryAfter } = call?.entry ?? { status: null, retryAfter: null };
  return status === 200 ? 0 : 1000 * Number(retryAfter ?? 0);
}

function judgeGrowth(series: readonly (readonly Wait[])[], runs: readonly Evidence[]): Finding {
  const shortest = Math.min(...series.map(({ length }) => length));
  const firsts = series.map(([first]) => first?.gapMs ?? 0);
  const lasts = series.map((waits) => waits[shortest - 1]?.gapMs ?? 0);
  const of = series.length === 1 ? '' : `, averaged over ${series.length} runs`;
  const waits = `the first wait was ${durationText(mean(firsts))} and the last ${durationText(mean(lasts))}${of}`;
  // The timeline shows the last run.
  const violations = (series.at(-1) ?? []).map(callOf);
  const total = mean(series.map((one) => one.reduce((sum, { gapMs }) => sum + gapMs, 0)));
  const least = (runs[0]?.pack.clients.pollNeverWithinMs ?? 0) * 0.9;
  if (total < least) {
    const tooFast = failed(
      `${waits}; all waits together took only ${durationText(total)}${senderOf(series[0]?.at(-1))}`,
      violations,
    );
    return series.length >= SETTLED ? certain(tooFast) : tooFast;
  }
  if (grows(firsts, lasts)) return passed(waits);
  const found = failed(`${waits}${senderOf(series[0]?.at(-1))}`, violations);
  if (series.length >= SETTLED && isSteady(firsts) && isSteady(lasts)) return certain(found);
  if (runs.some(({ run }) => run === null)) {
    return notObservable(
      `${waits}. One series of waits cannot show whether they grow. Use "verify client", which runs several.`,
    );
  }
  // Jitter can hide growth, but it cannot make both the mean and the maximum shrink.
  return series.length < ENOUGH || (mean(lasts) < mean(firsts) && Math.max(...lasts) < Math.max(...firsts))
    ? found
    : notObservable(`${waits}. The jitter is too large to tell whether they grow. Run it again.`);
}

/** Number of runs after which constant waits cannot be a coincidence of jitter. */
const SETTLED = 4;
/** Number of runs that tell growth from jitter. */
const ENOUGH = 8;

function grows(firsts: readonly number[], lasts: readonly number[]): boolean {
  return mean(lasts) >= GROWTH * mean(firsts) || Math.max(...lasts) >= GROWTH * Math.max(...firsts);
}

function isSteady(waits: readonly number[]): boolean {
  return Math.max(...waits) - Math.min(...waits) <= STEADY * mean(waits);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function callOf({ call }: Wait): ApiCall {
  return call;
}

function senderOf(wait: Wait | undefined): string {
  const sdk = sdkOf(wait?.call);
  return sdk === null ? '' : `; ${sdk} made the attempts`;
}
