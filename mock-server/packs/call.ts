/** Values of a request for the expressions of an operation. */
export interface RequestParts {
  query(name: string): string | undefined;
  header(name: string): string | undefined;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Values for the templates of answers that are not about a task. */
export interface CallContext {
  readonly request: RequestParts;
  readonly origin: string;
  /** Key that callbacks are signed with; null when they are not signed. */
  readonly secret: string | null;
}

/** The id of an operation, and how it is called. */
export interface Route {
  readonly id: string;
  readonly method: string;
  /** Path as in the OpenAPI document, with `{params}`. */
  readonly path: string;
}
