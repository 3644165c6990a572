import { signal } from '@preact/signals';
import { lanes } from '../live.ts';
import { durationText, elapsedText, localTime } from '../model/durations.ts';
import { type AttemptSpan, endOf, type LaneDelivery, outcomeText } from '../model/lane.ts';
import type { Hit } from './drawing.ts';
import { wallTime } from './view-state.ts';

interface Hovered {
  readonly hit: Hit;
  readonly x: number;
  readonly y: number;
}

/** The attempt under the pointer, and the place for its card. */
export const hovered = signal<Hovered | null>(null);

const WHY: Readonly<Record<LaneDelivery['why'], string>> = {
  outcome: 'sent for the state of the task',
  duplicate: 'a duplicate: the same bytes again',
  forged: 'forged: its signature is wrong, and it must be rejected',
  redelivered: 'sent again by a command',
  malformed: 'malformed on purpose',
};

/** Describes the attempt under the pointer. The text of the row says the same without a pointer. */
export function HoverCard() {
  const at = hovered.value;
  if (at === null) return null;
  const delivery = lanes.byId.get(at.hit.taskId)?.deliveries.find(({ id }) => id === at.hit.deliveryId);
  const span = delivery?.attempts.find(({ n }) => n === at.hit.n);
  if (delivery === undefined || span === undefined) return null;
  const before = delivery.attempts.find(({ n }) => n === span.n - 1);
  return (
    <div class="hover-card" aria-hidden="true" style={{ left: `${at.x}px`, top: `${at.y}px` }}>
      <strong>
        {delivery.id} {outcomeText(span)}
      </strong>
      <span>{WHY[delivery.why]}</span>
      <span>{timesOf(span)}</span>
      {before !== undefined && (
        <span>{durationText(span.startedAt - endOf(before, wallTime()))} after the attempt before it</span>
      )}
      <span>{localTime(span.startedAt)}</span>
      <span class="url">{delivery.url}</span>
    </div>
  );
}

function timesOf({ durationMs, firstByteMs, startedWallAt, timeoutMs }: AttemptSpan): string {
  if (durationMs === null) return elapsedText(wallTime() - startedWallAt, timeoutMs);
  const first =
    firstByteMs === null ? 'no byte of an answer' : `first byte after ${durationText(firstByteMs)}`;
  return `${durationText(durationMs)} in all, ${first}`;
}
