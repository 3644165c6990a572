import { own, type RequestParts } from './request-parts.ts';

/** The parts of a request that expressions can read, as plain JSON. Names of headers are in lower case. */
export interface WrittenParts {
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly id?: string;
}

/** Parts that can also be written as plain JSON. */
export interface WritableParts extends RequestParts {
  /** Returns everything but the body and its files. */
  written(): WrittenParts;
}

/** The parts of a request as its process has them, or as they were written. */
export type GivenParts = WritableParts | WrittenParts;

/** Returns the parts for expressions; the same object unless they were written. */
export function readParts(given: GivenParts): RequestParts {
  if ('written' in given) return given;
  const { query, headers, pathParams, body, id } = given;
  return {
    query: (name) => own(query, name),
    header: (name) => own(headers, name.toLowerCase()),
    ...{ pathParams, body },
    ...(id === undefined ? {} : { id }),
  };
}
