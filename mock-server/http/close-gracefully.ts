import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a sender may continue to send on a connection that is being closed, before it is cut. */
const LINGER_MS = 2000;

/**
 * Ends a connection so that its last answer still arrives. Closing a connection with unread bytes resets it, and a
 * reset discards what the sender has not read yet (RFC 9112, 9.6). A sender that is refused in the middle of its body,
 * or sends more than it announced, would see ECONNRESET instead of the reason.
 */
export function closeGracefully(socket: Duplex, answer?: string): void {
  if (!socket.writable) return;
  socket.end(answer);
  // Further bytes are read and dropped. Removing the listeners detaches the socket from Node's parser, which would
  // otherwise look for requests in these bytes.
  socket.removeAllListeners('data').on('data', () => undefined);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Makes Node use `closeGracefully` after the last answer of a connection. */
export function closeGracefullyAfterAnswers(socket: Socket): void {
  socket.destroySoon = () => closeGracefully(socket);
}
