import type { JsonObject } from './document-routing.ts';

/** One HTTP call as it went over the wire, bodies already parsed. */
export interface Exchange {
  readonly method: string;
  /** With the query, without the host. */
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody?: unknown;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: unknown;
}

/** One delivery to the client's callback address. */
export interface CallbackMessage {
  /** Of the submit operation that declares the callback. */
  readonly operationId: string;
  /** Its name in `callbacks`. */
  readonly callback: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Violation {
  /** The part of the message, then the place inside it: `response.body/data/state`. */
  readonly at: string;
  readonly message: string;
}

/**
 * A judge of messages against one OpenAPI 3.1 document. A message that breaks the document is answered with
 * violations; a document that cannot be judged by is an error, thrown by the first judgement at the latest.
 */
export interface Oracle {
  readonly name: string;
  judgeRequest(exchange: Exchange): Promise<readonly Violation[]>;
  judgeResponse(exchange: Exchange): Promise<readonly Violation[]>;
  judgeCallback(message: CallbackMessage): Promise<readonly Violation[]>;
}

export interface OracleOptions {
  /** Refuse keys that the document does not list, in responses and callbacks. */
  readonly closed?: boolean;
}

export type OpenApiDocument = JsonObject;
