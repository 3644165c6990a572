import type { Announcement, JsonObject, Signal } from '../core/types.ts';
import type { PackEvent, SubmitOperation } from '../packs/pack.ts';

/** How a task of this request announces itself; null when the request names no callback URL. */
export function announcementOf(operation: SubmitOperation, request: JsonObject): Announcement | null {
  const url = operation.callbackUrlOf(request);
  if (operation.event === null || typeof url !== 'string' || url === '') return null;
  return { event: operation.event.name, url, signals: signalsWanted(operation.event, request) };
}

/** The signals that the client chose; all of them when it chose none. */
function signalsWanted({ signals, wantedBy }: PackEvent, request: JsonObject): PackEvent['signals'] {
  const wanted = wantedBy?.(request);
  if (!Array.isArray(wanted) || wanted.length === 0) return signals;
  const chosen = (all: readonly Signal[]) => all.filter(({ name }) => wanted.includes(name));
  return new Map([...signals].map(([state, all]) => [state, chosen(all)]));
}
