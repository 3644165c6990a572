import type { Capacity, Slot } from './types.ts';

/** Returns whether the task waits for its slot between `from` and `until`. A task with a slot at `readyAt` never waits. */
function waitsWithin({ readyAt, fromAt }: Slot, from: number, until: number): boolean {
  return readyAt < fromAt && fromAt > from && readyAt < until;
}

/**
 * Returns when a task that is ready at `readyAt` gets a slot: at `readyAt`, or when an earlier task releases one.
 * Slots are assigned in order of submission. @returns null if the queue is full, so the task never gets a slot
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
