import type { Json } from '../core/types.ts';

export interface ErrorsSource {
  readonly body: Json;
  readonly codes: readonly {
    readonly code: number | string;
    readonly status?: number;
    readonly message: string;
    readonly when?: readonly ErrorRole[];
    readonly headers?: Readonly<Record<string, string>>;
    /** Replaces the body that all codes share. */
    readonly body?: Json;
  }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers?: Readonly<Partial<Record<ErrorRole, ErrorAnswerSource>>>;
}

export interface ErrorAnswerSource {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** Names in a pack for the errors of the engine. */
export type ErrorRole =
  | 'unauthorized'
  | 'invalid'
  | 'unknownTask'
  | 'unknownRoute'
  | 'methodNotAllowed'
  | 'notMocked'
  | 'rateLimited'
  | 'maintenance'
  | 'mediaUnreachable'
  | 'duplicateAlias'
  | 'internal';
