import type { IdForm } from '../core/types.ts';
import type { CallContext, Route } from './call.ts';
import type { OwnError } from './error-answers.ts';
import type { Evaluate } from './expressions.ts';
import type { RequestParts } from './request-parts.ts';
import type { HeaderTemplates } from './state-answer.ts';
import type { Template } from './template.ts';

/** What applies to all uploads of a pack. */
export interface UploadRules {
  readonly idForm: IdForm;
  /** How long a file can be downloaded. */
  readonly lifetimeMs: number;
}

/** An upload as templates see it. */
export interface UploadView {
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Values for the template of the answer to an upload. */
export interface UploadContext extends CallContext {
  readonly upload: UploadView;
}

/** What a call uploads. */
export type UploadContent =
  | { readonly type: 'bytes'; readonly bytes: Buffer; readonly name: string; readonly contentType: string }
  /** A URL, which is never fetched: a file of the media host takes its place. */
  | { readonly type: 'made'; readonly file: string; readonly name: string; readonly contentType: string }
  /** The name and the type of a file that another call uploads. */
  | { readonly type: 'announced'; readonly name: string; readonly contentType: string }
  | { readonly type: 'invalid'; readonly because: string };

/** Takes a file, and answers with the URL at which it can be downloaded. */
export interface UploadOperation extends Route {
  readonly type: 'upload';
  /** Whether calls need no key. */
  readonly isPublic: boolean;
  /** Whether the file is part of a body that is not JSON. */
  readonly takesFiles: boolean;
  readonly contentOf: (request: RequestParts) => UploadContent;
  /** Reads the id of the announced upload whose file the call has; null when the call creates an upload. */
  readonly uploadIdOf: Evaluate<RequestParts> | null;
  /** Its own errors, by role. */
  readonly errors: ReadonlyMap<string, OwnError>;
  readonly status: number;
  readonly headersOf: HeaderTemplates<UploadContext> | null;
  readonly answer: Template<UploadContext>;
}
