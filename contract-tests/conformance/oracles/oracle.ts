/** One HTTP call as sent, with parsed bodies. */
export interface Exchange {
  readonly method: string;
  /** Includes the query and excludes the host. */
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody?: unknown;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: unknown;
}

/** One delivery to the client's callback URL. */
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
  /** The part of the message followed by the position inside it: `response.body/data/state`. */
  readonly at: string;
  readonly message: string;
}

/**
 * A judge of messages against one OpenAPI 3.1 document. A message that violates the document gets violations. An
 * unusable document is an error, thrown by the first judgment at the latest.
 */
export interface Oracle {
  readonly name: string;
  judgeRequest(exchange: Exchange): Promise<readonly Violation[]>;
  judgeResponse(exchange: Exchange): Promise<readonly Violation[]>;
  judgeCallback(message: CallbackMessage): Promise<readonly Violation[]>;
}

export interface OracleOptions {
  /** Whether responses and callbacks with unlisted keys are rejected. */
  readonly closed?: boolean;
}

export type OpenApiDocument = JsonObject;

export type JsonObject = Readonly<Record<string, unknown>>;
