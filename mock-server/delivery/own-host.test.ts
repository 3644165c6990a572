import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOwnHost } from './own-host.ts';

afterEach(() => void vi.useRealTimers());

function interfacesWith(...addresses: readonly string[]) {
  return () => ({ eth0: addresses.map((address) => ({ address }) as NetworkInterfaceInfo) });
}

describe('the machine that runs the mock', () => {
  it('is blocked at loopback and at the addresses of its interfaces, in any notation', () => {
    const own = createOwnHost(() => 4010, interfacesWith('10.1.2.3', 'fd00::5', 'fe80::1%eth0'));
    const closed = [
      '127.0.0.1',
      '127.9.9.9',
      '::1',
      '::ffff:127.0.0.1',
      '10.1.2.3',
      '::ffff:10.1.2.3',
      'fd00::5',
    ];
    const open = ['10.1.2.4', 'fd00::6', '8.8.8.8'];
    expect(closed.map((address) => own.isClosed(address, 80))).toEqual(closed.map(() => true));
    expect(closed.map((address) => own.isClosed(address, null))).toEqual(closed.map(() => true));
    expect(open.map((address) => own.isClosed(address, 80))).toEqual(open.map(() => false));
  });

  it('is allowed on the port of the mock', () => {
    expect(createOwnHost(() => 4010, interfacesWith()).isClosed('127.0.0.1', 4010)).toBe(false);
  });

  it('is allowed while other machines cannot submit tasks', () => {
    expect(createOwnHost(() => null, interfacesWith('10.1.2.3')).isClosed('10.1.2.3', 80)).toBe(false);
  });

  it('detects new addresses within seconds', () => {
    vi.useFakeTimers();
    let addresses = ['10.1.2.3'];
    const own = createOwnHost(
      () => 4010,
      () => interfacesWith(...addresses)(),
    );
    const before = own.version;
    addresses = ['10.1.2.4'];
    expect(own.isClosed('10.1.2.4', 80)).toBe(false);
    expect(own.version).toBe(before);
    vi.advanceTimersByTime(5000);
    expect(own.isClosed('10.1.2.4', 80)).toBe(true);
    expect(own.isClosed('10.1.2.3', 80)).toBe(false);
    expect(own.version).not.toBe(before);
  });
});
