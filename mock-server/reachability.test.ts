import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createReachability } from './reachability.ts';

const serverAt = (address: string): Server =>
  ({ address: (): AddressInfo => ({ address, family: 'IPv4', port: 4010 }) }) as unknown as Server;
const socketAt = (localAddress: string): Socket => ({ localAddress, localPort: 8080 }) as Socket;

describe('a mock on loopback', () => {
  it('needs no token and blocks no callbacks', () => {
    const reachability = createReachability(null, false);
    reachability.expectHost('127.0.0.1');
    reachability.listensOn(serverAt('127.0.0.1'));
    expect([reachability.adminToken, reachability.exposedAt()]).toEqual([null, null]);
  });

  it('keeps the token of the options', () => {
    expect(createReachability('own', false).adminToken).toBe('own');
  });
});

describe('a mock that other machines can reach', () => {
  it('needs a token before it listens, and blocks callbacks from then on', () => {
    const reachability = createReachability(null, false);
    reachability.expectHost('0.0.0.0');
    const token = reachability.adminToken;
    expect(token).toMatch(/^[\w-]{24}$/);
    reachability.listensOn(serverAt('0.0.0.0'));
    expect([reachability.adminToken, reachability.exposedAt()]).toEqual([token, 4010]);
  });

  it('needs a token if a host name turns out to be beyond loopback', () => {
    const reachability = createReachability(null, false);
    reachability.listensOn(serverAt('192.168.1.20'));
    expect(reachability.adminToken).toMatch(/^[\w-]{24}$/);
  });

  it('blocks no callbacks when only certain keys are accepted', () => {
    const reachability = createReachability('own', true);
    reachability.listensOn(serverAt('0.0.0.0'));
    expect(reachability.exposedAt()).toBeNull();
  });
});

describe('a mock inside another app', () => {
  it('learns the port from the first request beyond loopback', () => {
    const reachability = createReachability(null, false);
    reachability.arrivedAt(socketAt('127.0.0.1'));
    expect(reachability.exposedAt()).toBeNull();
    reachability.arrivedAt(socketAt('192.168.1.20'));
    reachability.arrivedAt(socketAt('127.0.0.1'));
    expect(reachability.exposedAt()).toBe(8080);
  });

  it('learns nothing from a socket without an address', () => {
    const reachability = createReachability(null, false);
    reachability.arrivedAt({ localAddress: undefined, localPort: undefined } as unknown as Socket);
    expect(reachability.exposedAt()).toBeNull();
  });
});
