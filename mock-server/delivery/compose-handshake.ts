import { createRandom } from '../core/random.ts';
import type { Handshake, HandshakeContext } from '../packs/handshake.ts';

/** The body of a handshake, and the answer that it needs. */
export interface ComposedHandshake {
  readonly body: string;
  /** JSON whose fields the answer must have. */
  readonly ackFields: string;
}

/** @param seed text that is different for each handshake */
export function composeHandshake({ body, expect }: Handshake, seed: string): ComposedHandshake {
  const context: HandshakeContext = { challenge: createRandom(`${seed} challenge`).id('hex32') };
  return { body: body(context), ackFields: expect(context) };
}
