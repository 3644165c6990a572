import type { CallbackPayloads } from './callback-payloads.ts';

export type { CallbackPayloads };

/** Body of the callback of an event: `CallbackOf<'runway.generate'>`. */
export type CallbackOf<Event extends keyof CallbackPayloads> = CallbackPayloads[Event];
