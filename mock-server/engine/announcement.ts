import type { Announcement, CallbackTarget, JsonObject, Signal } from '../core/types.ts';
import type { OutsideBody, PackEvent, SubmitOperation } from '../packs/pack.ts';

/**
 * Returns the events that a request asks for, each with one of its URLs.
 * @param outside the parts of the request other than its body; null when they are not known
 */
export function targetsOf(
  operation: SubmitOperation,
  request: JsonObject,
  outside: OutsideBody | null,
): CallbackTarget[] {
  const targets: CallbackTarget[] = [];
  for (const { event, urlOf } of operation.callbacks) {
    for (const url of urlsIn(urlOf(request, outside))) {
      const isKnown = targets.some((one) => one.event === event.name && one.url === url);
      if (!isKnown) targets.push({ event: event.name, url });
    }
  }
  return targets;
}

function urlsIn(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === 'string' && one !== '');
}

/** Returns whether some URLs are outside the body, so that a plan must keep them. */
export function namesUrlsOutsideBody({ callbacks }: SubmitOperation): boolean {
  return callbacks.some(({ place }) => place.in !== 'body');
}

/**
 * Returns how a task of this request announces itself; null when the request names no callback URL.
 * @param targets those that its plan keeps; read from the body by default
 */
export function announcementOf(
  operation: SubmitOperation,
  request: JsonObject,
  targets: readonly CallbackTarget[] = targetsOf(operation, request, null),
): Announcement | null {
  const [first, ...others] = targets.flatMap(({ event: name, url }) => {
    const event = operation.events.find((one) => one.name === name);
    return event === undefined ? [] : [{ event: name, url, signals: signalsWanted(event, request) }];
  });
  if (first === undefined) return null;
  return others.length === 0 ? first : { ...first, others };
}

/** The signals that the client chose; all of them when it chose none. */
function signalsWanted({ signals, wantedBy }: PackEvent, request: JsonObject): PackEvent['signals'] {
  const wanted = wantedBy?.(request);
  if (!Array.isArray(wanted) || wanted.length === 0) return signals;
  const chosen = (all: readonly Signal[]) => all.filter(({ name }) => wanted.includes(name));
  return new Map([...signals].map(([state, all]) => [state, chosen(all)]));
}
