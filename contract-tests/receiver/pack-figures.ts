import type { Pack } from '../../mock-server/index.ts';
import { formatDuration } from '../../mock-server/internal.ts';
import { serverFailures, unlistedCodes } from './selections.ts';

/** Returns the acknowledgement that a vendor requires, such as "HTTP 200 within 15 seconds". */
export function ackRule({ delivery }: Pick<Pack, 'delivery'>): string {
  return `${ackStatus({ delivery })} within ${spelledOut(delivery.ackTimeoutMs)}`;
}

/** Returns the answer that acknowledges a callback, such as "HTTP 200" or "HTTP 2xx with the body "ok"". */
export function ackStatus({ delivery: { ackStatus: windows, ackBody } }: Pick<Pack, 'delivery'>): string {
  const status = `HTTP ${alternatives(windows.split(', '))}`;
  return ackBody === null ? status : `${status} with the body ${JSON.stringify(ackBody)}`;
}

/** Returns the retries of one callback and their time span, such as "3 retries within 3 minutes 30 seconds". */
export function retrySchedule({ delivery }: Pick<Pack, 'delivery'>): string {
  if (delivery.retries === 0) return '0 retries';
  const totalMs = retryGaps({ delivery }).reduce((sum, gapMs) => sum + gapMs, 0);
  return `${counted(delivery.retries, 'retry', 'retries')} within ${spelledOut(totalMs)}`;
}

/** Returns the wait before each retry in milliseconds; the last gap is repeated. */
export function retryGaps({ delivery: { retries, gapsMs } }: Pick<Pack, 'delivery'>): number[] {
  return Array.from({ length: retries }, (_none, n) => gapsMs[Math.min(n, gapsMs.length - 1)] ?? 0);
}

/** Returns the shortest time that media of the vendor remains available, such as "14 days". */
export function mediaLifetime({ kinds }: Pick<Pack, 'kinds'>): string {
  return spelledOut(Math.min(...[...kinds.values()].map(({ mediaLifetimeMs }) => mediaLifetimeMs)));
}

/** Returns the numeric codes of failures that are not server errors, such as "400"; empty if codes are not numeric. */
export function clientFailureCodes(pack: Pack): string {
  const server = new Set(serverFailures(failuresOf(pack)));
  return codes(pack, (slug) => !server.has(slug));
}

/** Returns the numeric codes of server errors, such as "500"; empty if codes are not numeric. */
export function serverFailureCodes(pack: Pack): string {
  const server = new Set(serverFailures(failuresOf(pack)));
  return codes(pack, (slug) => server.has(slug));
}

/**
 * Returns the error codes of the vendor that the failures of its callbacks do not use, such as "401, 404 or 451"; empty if
 * its failures do not have numeric codes.
 */
export function otherErrorCodes(pack: Pack): string {
  const isNumeric = codes(pack, () => true) !== '';
  return isNumeric ? alternatives(unlistedCodes(failuresOf(pack)).map(String)) : '';
}

/** Returns a text in parentheses after a space; an empty text remains empty. */
export function inParentheses(text: string): string {
  return text === '' ? '' : ` (${text})`;
}

function failuresOf(pack: Pack) {
  return { pack, failures: [...pack.failures.keys()] };
}

function codes(pack: Pack, isWanted: (slug: string) => boolean): string {
  const wanted = [...pack.failures.values()].filter(({ slug }) => isWanted(slug));
  const numeric = wanted.filter(({ code }) => Number.isInteger(Number(code)));
  return alternatives([...new Set(numeric.map(({ code }) => String(code)))]);
}

function alternatives(values: readonly string[]): string {
  const [last = ''] = values.slice(-1);
  return values.length < 2 ? last : `${values.slice(0, -1).join(', ')} or ${last}`;
}

function counted(times: number, one: string, several: string): string {
  return `${times} ${times === 1 ? one : several}`;
}

const UNITS: Readonly<Record<string, string>> = {
  ms: 'millisecond',
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
};

/** Returns a duration as words, such as "3 minutes 30 seconds". */
function spelledOut(durationMs: number): string {
  const parts = formatDuration(durationMs).matchAll(/([\d.]+)(\D+)/g);
  return [...parts]
    .map(([, value, unit = '']) => counted(Number(value), UNITS[unit] ?? unit, `${UNITS[unit] ?? unit}s`))
    .join(' ');
}
