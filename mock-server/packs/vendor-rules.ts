/** How calls are authenticated. */
export interface AuthRules {
  /** Places where a call can send its key, the documented ones first. */
  readonly places: readonly KeyPlace[];
}

/** A place where a call sends its key. */
export interface KeyPlace {
  readonly in: 'header' | 'query';
  /** Name of the header in lower case, or of the query parameter. */
  readonly name: string;
  /** Word before the key in the header, in lower case; null when the key is alone. */
  readonly scheme: string | null;
  /** The place as a client writes it, such as `Authorization: Bearer KEY` or `?key=KEY`. */
  readonly text: string;
}

/** How requests reach the vendor that a proxy of its client would forward. */
export interface ReachRules {
  /** Name of the header with the vendor's own URL, in lower case. */
  readonly header: string;
  /** Hosts of the vendor in such URLs. */
  readonly hosts: readonly string[];
}

/** An operation of the vendor that is not mocked. */
export interface NotMocked {
  readonly method: string;
  readonly path: string;
}

/** Requirements of the vendor for its clients. */
export interface ClientRules {
  /** Recommended time between polls of a task; null when undocumented. */
  readonly pollEveryMs: number | null;
  /** Polls at a shorter interval count as hammering. */
  readonly pollNeverWithinMs: number;
  /** Time without calls after an answer with the role `maintenance`. */
  readonly pauseForMaintenanceMs: number;
  /** Time within which media should be downloaded after a success is known. */
  readonly downloadWithinMs: number;
  /** Length of the longest accepted prompt, in characters; null when undocumented. */
  readonly promptLength: number | null;
}

/** Limit of submissions per account. */
export interface RateLimit {
  readonly submissions: number;
  readonly perMs: number;
  /** Whether a refusal has a Retry-After header. */
  readonly retryAfter: boolean;
}
