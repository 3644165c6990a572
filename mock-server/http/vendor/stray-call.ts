import type { KeyPlace } from '../../packs/vendor-rules.ts';

/** The parts of a call that help to find the vendor it was meant for, when it does not match any operation. */
export interface StrayCall {
  readonly method: string;
  readonly path: string;
  hasHeader(name: string): boolean;
  /** Whether the call has a key at this place. */
  hasKeyAt(place: KeyPlace): boolean;
  /** Packs whose operations this key has called before. */
  readonly called: ReadonlySet<string>;
}
