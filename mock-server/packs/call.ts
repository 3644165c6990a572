import type { RequestParts } from './request-parts.ts';
import type { JsonText } from './template.ts';

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

/** The parts of a request other than its body and its path. */
export type OutsideBody = Pick<RequestParts, 'query' | 'header'>;

/** A page of the tasks of an account. */
export interface TaskPage {
  /** Items as a JSON array. */
  readonly items: JsonText;
  readonly count: number;
  readonly limit: number;
  readonly offset: number;
  readonly hasMore: boolean;
  /** Null on the last page. */
  readonly nextUrl: string | null;
  readonly previousUrl: string | null;
}

/** Values for the templates of lists. */
export interface PageContext extends CallContext {
  readonly page: TaskPage;
}
