import type { SubmitSource } from './lifecycle.ts';

/** Returns the names of the events of a submission. */
export function eventNamesOf({ event = [] }: Pick<SubmitSource, 'event'>): readonly string[] {
  return typeof event === 'string' ? [event] : event;
}
