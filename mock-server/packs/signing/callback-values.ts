import { createHash } from 'node:crypto';
import type { JsonObject } from '../../core/types.ts';
import { bodyPointer, type Evaluate, fieldsOf, type Language } from '../expressions.ts';

/** Values of a callback for its headers and its signature. */
export interface CallbackInput {
  readonly taskId: string;
  /** Id under which the client knows the task, if it is another one: that of the parent of a derived task. */
  readonly knownAs?: string | null;
  readonly deliveryId: string;
  readonly url: string;
  readonly body: string;
  /** Body of the request that submitted the task. */
  readonly request: JsonObject;
  /** Wall time of sending in epoch milliseconds, because receivers compare it with their own clock. */
  readonly wallAt: number;
}

/** The values of a callback that do not depend on a key. */
const TASK = fieldsOf<CallbackInput>({ id: ({ taskId, knownAs }) => knownAs ?? taskId });

const DELIVERY = fieldsOf<CallbackInput>({
  id: ({ taskId, deliveryId }) => `${taskId}-${deliveryId}`,
  body: ({ body }) => body,
  sha256: ({ body }) => createHash('sha256').update(body).digest('hex'),
});

const CALLBACK = fieldsOf<CallbackInput>({
  url: ({ url }) => url,
  method: () => 'POST',
  host: ({ url }) => new URL(url).host,
  path: ({ url }) => new URL(url).pathname,
  query: ({ url }) => new URL(url).search.slice(1),
  httpDate: ({ wallAt }) => new Date(wallAt).toUTCString(),
});

function onTheRequest(path: string): Evaluate<CallbackInput> | null {
  const inBody = bodyPointer(path);
  return inBody === null ? null : ({ request }) => inBody(request);
}

export const CALLBACK_ROOTS: Language<CallbackInput>['roots'] = {
  task: TASK,
  delivery: DELIVERY,
  callback: CALLBACK,
  request: onTheRequest,
};

/** Language of the headers that all callbacks have, signed or not. */
export const CALLBACK_LANGUAGE: Language<CallbackInput> = {
  settings: { zoneOffsetMs: 0 },
  roots: CALLBACK_ROOTS,
};
