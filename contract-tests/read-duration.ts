import { CodedError, parseDuration } from '../mock-server/index.ts';

/** @throws {CodedError} OPTION_INVALID for what is no duration above 0 */
export function readMs(name: string, value: string | number): number {
  const durationMs = typeof value === 'number' ? value : parseDuration(value);
  if (durationMs !== null && durationMs > 0) return durationMs;
  throw new CodedError('OPTION_INVALID', `${name} must be a duration like 500ms or 15s, got "${value}"`);
}
