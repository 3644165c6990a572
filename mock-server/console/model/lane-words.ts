import { durationText, elapsedText } from './durations.ts';
import { type AttemptSpan, type Lane, type LaneDelivery, outcomeText, stateOf } from './lane.ts';

interface Moment {
  readonly now: number;
  readonly wallNow: number;
}

/** Returns the most important fact about a task in a few words. */
export function detailOf(lane: Lane, moment: Moment): string {
  const words = factsOf(lane, moment);
  return lane.scenario === 'success'
    ? words
    : [words, lane.scenario].filter((text) => text !== '').join(' · ');
}

function factsOf(lane: Lane, moment: Moment): string {
  const { status, deliveries, endedAt } = lane;
  if (status === 'in flight') return inFlightText(deliveries, moment);
  if (status === 'retrying') return retryingText(deliveries, moment);
  if (status === 'acknowledged') return acknowledgedText(deliveries);
  if (status !== 'abandoned') return endedAt === null ? stateOf(lane) : lane.outcome;
  const lost = deliveries.find((one) => one.status === 'abandoned');
  return `${attemptsText(lost)}, ${resultOf(lost?.attempts.at(-1))}`;
}

function inFlightText(deliveries: readonly LaneDelivery[], { wallNow }: Moment): string {
  const span = deliveries.flatMap(({ attempts }) => attempts).find(({ outcome }) => outcome === null);
  return span === undefined ? '' : elapsedText(wallNow - span.startedWallAt, span.timeoutMs);
}

function retryingText(deliveries: readonly LaneDelivery[], { now }: Moment): string {
  const delivery = deliveries.find((one) => one.status === 'retrying');
  const waitMs = (delivery?.nextAttemptAt ?? now) - now;
  return `${resultOf(delivery?.attempts.at(-1))}, next ${waitMs > 0 ? `in ${durationText(waitMs)}` : 'now'}`;
}

function acknowledgedText(deliveries: readonly LaneDelivery[]): string {
  const received = deliveries.filter((one) => one.status === 'acknowledged' && one.kind === 'callback');
  const doubles = received.filter(({ why }) => why === 'duplicate').length;
  if (doubles > 0) return 'sent twice';
  const last = received.at(-1);
  const span = last?.attempts.at(-1);
  const took =
    span?.durationMs === undefined || span.durationMs === null ? '' : `, ${durationText(span.durationMs)}`;
  const attempts = last !== undefined && last.attempts.length > 1 ? `, ${attemptsText(last)}` : '';
  return `${span?.status ?? ''}${took}${attempts}`;
}

function attemptsText(delivery: LaneDelivery | undefined): string {
  const count = delivery?.attempts.length ?? 0;
  return count === 1 ? '1 attempt' : `${count} attempts`;
}

function resultOf(span: AttemptSpan | undefined): string {
  if (span?.outcome === undefined || span.outcome === null) return 'not sent';
  if (span.outcome === 'rejected' || span.outcome === 'redirect') return `HTTP ${span.status}`;
  return span.outcome === 'timeout' ? 'timed out' : span.outcome;
}

/** Returns the content of a lane as text for screen readers. */
export function describeLane({ scenario, deliveries, downloads }: Lane): string {
  const attempts = deliveries.flatMap((delivery) => {
    const name = delivery.why === 'outcome' ? '' : `${delivery.why} `;
    return delivery.attempts.slice(-4).map((span) => name + outcomeText(span));
  });
  const loads = downloads.length === 0 ? [] : [`${downloads.length} downloads`];
  return [`scenario ${scenario}`, ...attempts.slice(-6), ...loads].join(', ');
}
