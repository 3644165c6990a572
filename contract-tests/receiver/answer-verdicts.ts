import type { AttemptResult } from '../../mock-server/index.ts';
import { isInWindows } from '../../mock-server/internal.ts';
import type { Verdict } from '../report.ts';
import { sayDuration } from '../reporters/wording.ts';
import { ackStatus } from './pack-figures.ts';
import type { Subject } from './subject.ts';
import { answerVerdict, describe, inDoubt, verdict } from './verdicts.ts';

/** Judges whether all attempts were acknowledged in time. A 2xx status that the vendor does not document is non-strict. */
export function acknowledged(subject: Subject, ...attempts: readonly AttemptResult[]): Verdict {
  const expected = `${ackStatus(subject.event)} within ${sayDuration(subject.ackTimeoutMs)}${attempts.length > 1 ? `, ${attempts.length} times` : ''}`;
  const bad = attempts.find(({ outcome }) => outcome !== 'acknowledged');
  if (bad !== undefined) return failedAnswer(expected, bad);
  const odd = attempts.find(({ status }) => !isAckStatus(subject, status));
  if (odd !== undefined) return answerVerdict('non-strict', expected, odd);
  return verdict('passed', expected, attempts.map(describe).at(-1) ?? 'nothing was sent');
}

/** Judges whether a handshake was answered with the fields that the vendor expects. */
export function answeredHandshake({ pack }: Subject, attempt: AttemptResult): Verdict {
  const within = sayDuration(pack.handshake?.withinMs ?? 0);
  const expected = `${ackStatus({ delivery: { ...pack.delivery, ackBody: null } })} within ${within}, and a body that returns the challenge`;
  if (attempt.outcome !== 'acknowledged') return failedAnswer(expected, attempt);
  return verdict('passed', expected, describe(attempt));
}

/** Whether the vendor accepts this status as an acknowledgement. */
export function isAckStatus({ event }: Subject, status: number | null): boolean {
  return status !== null && isInWindows(event.delivery.ackStatus, status);
}

function failedAnswer(expected: string, attempt: AttemptResult): Verdict {
  const failure = answerVerdict('failed', expected, attempt);
  // An overloaded server times out, resets or answers 5xx; a rejection of the message is reproducible.
  return attempt.status === null || attempt.status >= 500 || attempt.status === 429
    ? inDoubt(failure)
    : failure;
}

/** Judges whether the receiver acknowledged or rejected each callback in time, without a crash. */
export function survived(subject: Subject, what: string, ...attempts: readonly AttemptResult[]): Verdict {
  const expected = `${ackStatus(subject.event)} or 4xx within ${sayDuration(subject.ackTimeoutMs)} for ${what}, and HTTP 2xx for the next valid callback`;
  const bad = attempts.find(({ status, outcome }) => !isAccepted(status, outcome) && !isRefused(status));
  if (bad !== undefined) return failedAnswer(expected, bad);
  return verdict('passed', expected, attempts.map(describe).join('; '));
}

/** Judges whether the receiver rejected the request with 4xx. */
export function refused(subject: Subject, what: string, attempt: AttemptResult): Verdict {
  const expected = `HTTP 4xx within ${sayDuration(subject.ackTimeoutMs)} for ${what}`;
  if (isRefused(attempt.status)) return verdict('passed', expected, describe(attempt));
  return attempt.status === null || attempt.status >= 500
    ? failedAnswer(expected, attempt)
    : answerVerdict('failed', expected, attempt);
}

function isAccepted(status: number | null, outcome: AttemptResult['outcome']): boolean {
  return outcome === 'acknowledged' && status !== null;
}

function isRefused(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}
