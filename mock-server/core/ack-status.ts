import type { AckStatus } from './types.ts';

/** The form of one window: `200`, `2xx` or `1xx-3xx`. */
export const ACK_STATUS_PATTERN = '^([1-5][0-9]{2}|[1-5]xx(-[1-5]xx)?)$';

type Window = readonly [from: number, to: number];

/** Cache of the parsed windows: packs have a handful of different ones. */
const parsed = new Map<AckStatus, readonly Window[]>();

/** Returns whether a status is in one of the windows. */
export function isInWindows(windows: AckStatus, status: number): boolean {
  let list = parsed.get(windows);
  if (list === undefined) {
    list = windows.split(', ').map(parseWindow);
    parsed.set(windows, list);
  }
  return list.some(([from, to]) => status >= from && status <= to);
}

function parseWindow(text: string): Window {
  if (!text.endsWith('xx')) return [Number(text), Number(text)];
  const [first = '', last = first] = text.split('-');
  return [Number(first[0]) * 100, Number(last[0]) * 100 + 99];
}
