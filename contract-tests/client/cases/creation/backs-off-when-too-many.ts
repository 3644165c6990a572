import {
  broken,
  type ClientCase,
  cannotBeSeen,
  certainly,
  doesNotApply,
  type Finding,
  kept,
} from '../../client-case.ts';
import type { ApiCall, Evidence } from '../../evidence.ts';
import { jobsIn } from '../../job.ts';
import { gapsBetween, refusedFor, say, submitsIn } from '../../questions.ts';
import { sdkOf } from '../../vendor-sdk.ts';

/** A wait between two submissions of one job. */
interface Wait {
  readonly gapMs: number;
  readonly call: ApiCall;
  /** What the refusal before it asked for; 0 when it asked for nothing. */
  readonly askedMs: number;
}

/** From the first wait to the last, those of a client that backs off grow at least by this factor. */
const GROWTH = 1.3;
/** Waits that differ by no more than this have no chance in them. */
const STEADY = 0.2;
const EXPECTED = 'refused as too many, the client waits longer each time';

export const backsOffWhenTooMany: ClientCase = {
  id: 'CLI-CRE-09',
  group: 'Creating tasks',
  title: 'The client backs off when it is refused as too many',
  level: 'must',
  requirement:
    'After a refusal as too many, the bound of the waits between attempts grows, and an attempt comes no earlier than the Retry-After header of an HTTP 429 says. Waits with chance in them are judged by their means over several rounds, so that full and decorrelated jitter are accepted. Retries of an SDK count as those of the application that uses it.',
  why: 'A client that tries again at a steady pace keeps itself over the limit.',
  remedy: 'Back off exponentially with jitter, and wait at least as long as Retry-After says.',
  basis: ['errorCodes'],
  stimuli: ['too-many', 'retry-after'],
  isTimed: true,
  mostRuns: 8,
  judge: (evidence) => judgeRounds([evidence]),
  judgeRuns: judgeRounds,
};

function judgeRounds(rounds: readonly Evidence[]): Finding {
  const all = rounds.flatMap(waitsIn);
  if (rounds.every((evidence) => refusedFor(evidence, 'rateLimited').length === 0))
    return doesNotApply(EXPECTED, 'No submission was refused as too many.');
  const early = all.flat().filter(({ gapMs, askedMs }) => gapMs < 0.9 * askedMs);
  const [hasty] = early;
  if (hasty !== undefined) {
    const actual = `it tried again after ${say(hasty.gapMs)}, where Retry-After asked for ${say(hasty.askedMs)}`;
    return broken(EXPECTED, `${actual}${whose(hasty)}`, early.map(callOf));
  }
  const series = all.filter(({ length }) => length > 1);
  if (series.length > 0) return judgeGrowth(series, rounds);
  return all.flat().some(({ askedMs }) => askedMs > 0)
    ? kept(EXPECTED, 'it waited as long as Retry-After asked')
    : doesNotApply(EXPECTED, 'It did not try at least twice more.');
}

/** The waits of the job that was tried most often. */
function waitsIn(evidence: Evidence): Wait[][] {
  const refused = new Set(refusedFor(evidence, 'rateLimited'));
  const jobs = jobsIn(submitsIn(evidence)).filter((calls) => calls.some((call) => refused.has(call)));
  const [most] = jobs.toSorted((a, b) => b.length - a.length);
  // A job that goes through and is ordered again is another matter.
  const end = (most ?? []).findIndex((call) => !refused.has(call));
  const tries = end < 0 ? (most ?? []) : (most ?? []).slice(0, end + 1);
  const waits = gapsBetween(tries).map(({ gapMs, call }, index) => ({
    gapMs,
    call,
    askedMs: askedBy(tries[index]),
  }));
  return waits.length === 0 ? [] : [waits];
}

/** Nobody looks for headers of a refusal inside HTTP 200. */
function askedBy(call: ApiCall | undefined): number {
  const { status, retryAfter } = call?.entry ?? { status: null, retryAfter: null };
  return status === 200 ? 0 : 1000 * Number(retryAfter ?? 0);
}

function judgeGrowth(series: readonly (readonly Wait[])[], rounds: readonly Evidence[]): Finding {
  const count = Math.min(...series.map(({ length }) => length));
  const firsts = series.map(([first]) => first?.gapMs ?? 0);
  const lasts = series.map((waits) => waits[count - 1]?.gapMs ?? 0);
  const of = series.length === 1 ? '' : `, in the mean of ${series.length} rounds`;
  const waits = `first ${say(mean(firsts))}, then ${say(mean(lasts))}${of}`;
  // Those of the round that is shown.
  const culprits = (series.at(-1) ?? []).map(callOf);
  const total = mean(series.map((one) => one.reduce((sum, { gapMs }) => sum + gapMs, 0)));
  const least = (rounds[0]?.pack.clients.pollNeverWithinMs ?? 0) * 0.9;
  if (total < least) {
    const hasty = broken(
      EXPECTED,
      `${waits}; all waits together last no more than ${say(total)}${whose(series[0]?.at(-1))}`,
      culprits,
    );
    return series.length >= SETTLED ? certainly(hasty) : hasty;
  }
  if (grows(firsts, lasts)) return kept(EXPECTED, waits);
  const found = broken(EXPECTED, `${waits}${whose(series[0]?.at(-1))}`, culprits);
  if (series.length >= SETTLED && isSteady(firsts) && isSteady(lasts)) return certainly(found);
  if (rounds.some(({ run }) => run === null)) {
    return cannotBeSeen(
      EXPECTED,
      `${waits}: one series does not show whether its bound grows. "verify client" plays several.`,
    );
  }
  // Chance may have kept means together that belong apart; waits that shrink in both ways are not chance.
  return series.length < ENOUGH || (mean(lasts) < mean(firsts) && Math.max(...lasts) < Math.max(...firsts))
    ? found
    : cannotBeSeen(EXPECTED, `${waits}: too much chance is in them to tell.`);
}

/** Waits that stay the same in so many rounds are not chosen by chance. */
const SETTLED = 4;
/** So many rounds tell growth from chance. */
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

function whose(wait: Wait | undefined): string {
  const sdk = sdkOf(wait?.call);
  return sdk === null ? '' : `; the attempts were made by ${sdk}`;
}
