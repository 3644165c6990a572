import type { Json } from '../core/types.ts';
import type { ErrorAnswerSource } from './error-source.ts';
import type { IdSource } from './id-source.ts';

/** Files that clients upload. */
export interface UploadsSource {
  readonly id: IdSource;
  /** Time during which a file can be downloaded. */
  readonly lifetime: string;
}

/** Takes a file: from one of `base64`, `url`, `field` and `bytes`, or announces one without any of them. */
export interface UploadSource {
  readonly does: 'upload';
  /** Place of the file in Base64, or of a `data:` URL. */
  readonly base64?: string;
  /** Place of a URL. It is not fetched. */
  readonly url?: string;
  /** Field of a multipart body. */
  readonly field?: string;
  /** Whether the body is the file. */
  readonly bytes?: boolean;
  /** Place of the id of an announced upload. */
  readonly upload?: string;
  readonly name?: string;
  readonly type?: string;
  readonly status?: number;
  readonly answer?: Json;
  /** Answers of its own to errors, by role. */
  readonly errors?: Readonly<Record<string, ErrorAnswerSource>>;
}
