import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from './core/coded-error.ts';
import type { Handler } from './http/app.ts';
import { createNodeServer, cutConnections } from './http/node-server.ts';
import type { ListenOptions } from './mock-server.ts';
import { readText } from './options.ts';
import type { Reachability } from './reachability.ts';

/** The server of a mock, which exists from `listen()` on. */
export interface Listener {
  /** Whether `listen()` was called. */
  readonly isUsed: boolean;
  /** Base URL. @throws {Error} before the server listens */
  readonly url: string;
  /** IP address that the server listens on. @throws {Error} before the server listens */
  readonly address: string;
  /** Starts to listen. @throws {CodedError} PORT_TAKEN, OPTION_INVALID */
  listen(options: ListenOptions): Promise<void>;
  /** Resolves when the server listens or has failed to. Only after this can it stop. */
  settled(): Promise<void>;
  /** Accepts no more connections. Resolves when all connections have ended. */
  stop(): Promise<void>;
  /** Ends the open connections. */
  cut(): void;
}

export function createListener(handler: Handler, reachability: Reachability): Listener {
  let server: Server | undefined;
  let bound: Promise<void> | undefined;
  let place: { readonly url: string; readonly address: string } | undefined;

  function placed(): { readonly url: string; readonly address: string } {
    if (place === undefined) throw new Error('the mock is not listening; call listen() first');
    return place;
  }

  return {
    get isUsed() {
      return server !== undefined;
    },
    get url() {
      return placed().url;
    },
    get address() {
      return placed().address;
    },
    async listen({ port = 0, host = '127.0.0.1', tls }) {
      // An empty host would make Node listen on all interfaces.
      readText('host', host);
      const wanted = readPort(port);
      reachability.expectHost(host);
      server = openServer(handler, tls);
      bound = bind(server, wanted, host);
      await bound;
      reachability.listensOn(server);
      const { address } = server.address() as AddressInfo;
      place = { url: urlOf(server, tls === undefined ? 'http' : 'https'), address };
    },
    async settled() {
      await bound?.catch(() => undefined);
    },
    async stop() {
      if (server !== undefined) await stopListening(server);
    },
    cut() {
      if (server !== undefined) cutConnections(server);
    },
  };
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The listener stays: a later error, such as too many open files, must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(bindError(error, port, host)));
    server.listen(port, host, resolve);
  });
}

/** Node throws immediately when OpenSSL cannot read the certificate or the key. */
function openServer(handler: Handler, tls: ListenOptions['tls']): Server {
  try {
    return createNodeServer(handler, tls);
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `the certificate or its private key is not usable: ${(error as Error).message}`,
      'Pass a certificate and its private key, both in PEM.',
    );
  }
}

function readPort(port: number): number {
  if (Number.isSafeInteger(port) && port >= 0 && port <= 65535) return port;
  throw new CodedError('OPTION_INVALID', `port must be a whole number from 0 to 65535, got ${port}`);
}

function bindError(error: NodeJS.ErrnoException, port: number, host: string): CodedError {
  if (error.code === 'EADDRINUSE') {
    return new CodedError(
      'PORT_TAKEN',
      `port ${port} on ${host} is in use`,
      'Stop the process that uses it, or choose another port with --port (0 is any free port).',
    );
  }
  return new CodedError(
    'OPTION_INVALID',
    `cannot listen on ${host}:${port}: ${error.message}`,
    error.code === 'EACCES'
      ? 'Choose a port above 1023 with --port, or run the mock with the permission to use this one.'
      : 'Choose an address of this machine with --host, such as 127.0.0.1 or 0.0.0.0.',
  );
}

function urlOf(server: Server, scheme: string): string {
  const { address, port, family } = server.address() as AddressInfo;
  const host = isAnyAddress(address) ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${host}:${port}`;
}

function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
