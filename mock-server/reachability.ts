import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { isLoopback } from './delivery/address-class.ts';
import { makeToken } from './options.ts';

/** Whether other machines can reach a mock, and what follows: the admin token, and blocked callbacks. */
export interface Reachability {
  /** Token that admin calls must send; null when they need none. */
  readonly adminToken: string | null;
  /** Returns the port of this machine that callbacks may not address; null when they may address all. */
  exposedAt(): number | null;
  /** Requires a token before the server listens, if the host is not a loopback address. */
  expectHost(host: string): void;
  /** Takes note of the address that the server listens on. */
  listensOn(server: Server): void;
  /** Takes note of the address that a request inside another app arrived at. The first one beyond loopback counts. */
  arrivedAt(socket: Socket): void;
}

/**
 * @param adminToken token of the options
 * @param hasKeys whether only certain keys are accepted, so that other machines cannot submit tasks
 */
export function createReachability(adminToken: string | null, hasKeys: boolean): Reachability {
  let token = adminToken;
  /** Port at which other machines can reach the mock; null when none is known. */
  let openPort: number | null = null;
  return {
    get adminToken() {
      return token;
    },
    exposedAt: () => (hasKeys ? null : openPort),
    expectHost(host) {
      if (!isLoopback(host)) token ??= makeToken();
    },
    listensOn(server) {
      openPort = portBeyondLoopback(server);
      if (openPort !== null) token ??= makeToken();
    },
    arrivedAt(socket) {
      openPort ??= portBeyondLoopback(socket);
    },
  };
}

/** Returns the port that other machines can reach; null for loopback, and for sockets without an address. */
function portBeyondLoopback(open: Server | Socket): number | null {
  const { address, port } = boundTo(open);
  return address === undefined || port === undefined || isLoopback(address) ? null : port;
}

function boundTo(open: Server | Socket): { readonly address?: string; readonly port?: number } {
  if ('localAddress' in open) {
    const { localAddress: address, localPort: port } = open;
    return address === undefined || port === undefined ? {} : { address, port };
  }
  const bound = open.address();
  return typeof bound === 'string' || bound === null ? {} : bound;
}
