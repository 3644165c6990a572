/** A callback that is ready to send, and its task. */
export interface Message {
  readonly taskId: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Target URL, if it differs from the URL under test. */
  readonly url?: string;
}
