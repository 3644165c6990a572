import type { Capacity, Slot } from './types.ts';

/** Whether it waits for its slot at some moment of this span. One that gets it when it is ready waits for nothing. */
function waitsWithin({ readyAt, fromAt }: Slot, from: number, until: number): boolean {
  return readyAt < fromAt && fromAt > from && readyAt < until;
}

/**
 * When a task that is ready at `readyAt` gets a slot: at once, when an earlier task gives one up, or never (null)
 * because too many wait already. Slots are given in order of submission.
 */
export function slotFreeAt(capacity: Capacity | null, readyAt: number): number | null {
  if (capacity === null) return readyAt;
  const releases = capacity.taken
    .map((slot) => slot.untilAt)
    .filter((untilAt) => untilAt > readyAt)
    .sort((a, b) => b - a);
  const blocking = releases[capacity.slots - 1];
  if (blocking === undefined) return readyAt;
  const waiting = capacity.taken.filter((slot) => waitsWithin(slot, readyAt, blocking)).length;
  return waiting < capacity.queue ? blocking : null;
}
