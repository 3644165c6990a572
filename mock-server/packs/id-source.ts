import type { IdNotation } from '../core/types.ts';

/** Form of an id: a notation for 128 bits, or a number of random characters. */
export type IdSource = IdNotation | IdShapeSource;

export interface IdShapeSource {
  readonly prefix?: string;
  /** `hex`, `base32`, `base36`, `digits`, `alphanumeric`, or the characters themselves. */
  readonly alphabet: string;
  readonly length: number;
  /** Type in messages (default: text). */
  readonly as?: 'text' | 'integer';
}

/** Form of task ids; `in` is a path that contains the id. */
export type TaskIdSource =
  | IdSource
  | (IdShapeSource & { readonly in: string })
  | { readonly notation: IdNotation; readonly in: string };
