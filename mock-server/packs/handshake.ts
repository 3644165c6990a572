import type { HandshakeSource } from './delivery-source.ts';
import type { Template } from './template.ts';

/** Values for the templates of a handshake. */
export interface HandshakeContext {
  /** A random text that is different for each handshake. */
  readonly challenge: string;
}

/** How a receiver is checked before the first callback to its URL. */
export interface Handshake {
  readonly body: Template<HandshakeContext>;
  /** The JSON object whose fields the answer must have. */
  readonly expect: Template<HandshakeContext>;
  readonly withinMs: number;
  /** Whether a failure refuses the submission, or only suppresses its callbacks. */
  readonly whenFailed: HandshakeSource['whenFailed'];
}
