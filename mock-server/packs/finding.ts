export type Severity = 'error' | 'warning';

/** Something to say about a pack, and which value of its lifecycle or its document it is about. */
export interface Finding {
  readonly severity: Severity;
  readonly root: 'lifecycle' | 'document';
  readonly pointer: string;
  readonly message: string;
  /** What showed it, when that is one case of several. */
  readonly shownBy?: string;
}
