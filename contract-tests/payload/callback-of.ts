import type { CallbackPayloads } from './callback-payloads.ts';

export type { CallbackPayloads };

/** Body of an event's callback: `CallbackOf<'runway.generate'>`. */
export type CallbackOf<Event extends keyof CallbackPayloads> = CallbackPayloads[Event];
