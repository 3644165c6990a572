/** Severity of a finding; only errors make a check fail. */
export type Severity = 'error' | 'warning';

/** A defect or warning about a value in the lifecycle or the document of a pack. */
export interface Finding {
  readonly severity: Severity;
  readonly root: 'lifecycle' | 'document';
  readonly pointer: string;
  readonly message: string;
  /** Operation, callback or state in which it was found, when there are several. */
  readonly shownBy?: string;
}
