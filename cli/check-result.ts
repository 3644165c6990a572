/** The result of one check. Only `failed` makes the command fail. */
export interface CheckResult {
  readonly check: string;
  readonly status: 'ok' | 'note' | 'failed';
  readonly text: string;
  /** How to fix it; null if nothing has to be fixed. */
  readonly remedy: string | null;
}
