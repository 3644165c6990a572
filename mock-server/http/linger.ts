import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long somebody may go on sending whose connection is done with, before it is cut. */
const LINGER_MS = 2000;

/**
 * Ends a connection so that its last answer arrives. Closing it with bytes unread resets it, and a reset takes back
 * what the sender has not read yet (RFC 9112, 9.6): who was refused in the middle of sending, or sends more than it
 * announced, would see ECONNRESET instead of the reason.
 */
export function endAndLinger(socket: Duplex, lastWords?: string): void {
  if (!socket.writable) return;
  socket.end(lastWords);
  // What comes from now on is read and dropped. Another listener takes the socket back from Node's parser, which
  // would go on to find requests in it.
  socket.removeAllListeners('data').on('data', () => undefined);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
}

/** Makes Node end a connection in this way, too, when an answer was the last one. */
export function lingerAtTheEnd(socket: Socket): void {
  socket.destroySoon = () => endAndLinger(socket);
}
