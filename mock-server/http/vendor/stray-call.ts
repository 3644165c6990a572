/** The parts of a call that help to find the vendor it was meant for, when it does not match any operation. */
export interface StrayCall {
  readonly method: string;
  readonly path: string;
  hasHeader(name: string): boolean;
  /** Scheme of the Authorization header; null without one. */
  readonly scheme: string | null;
  /** Packs whose operations this key has called before. */
  readonly called: ReadonlySet<string>;
}
