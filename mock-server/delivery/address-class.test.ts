import { BlockList, isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { isLoopback } from './address-class.ts';

describe('isLoopback', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'app.localhost',
    'a.b.localhost.',
    '127.0.0.1',
    '127.0.0.1.',
    '127.255.255.254',
    '127.1',
    '127.0.1',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '2130706433',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '[::ffff:7f00:1]',
  ])('accepts %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each([
    '',
    '.',
    '127.999.999.999',
    '127.0.0.256',
    '127.0.0.1.evil.com',
    '127.0.0.1.0',
    '127.evil.com',
    '127.',
    '128.0.0.1',
    '126.255.255.255',
    '0.0.0.0',
    '::',
    '::2',
    '10.0.0.1',
    '192.168.1.20',
    '169.254.169.254',
    'localhost.evil.com',
    'notlocalhost',
    'localhostt',
    '127.0.0.1:80',
    'localhost:80',
    'user@localhost',
    'localhost/path',
    'localhost?x',
    'localhost#x',
    'evil.com\\localhost',
    'local\thost',
    ' localhost',
    '::1%eth0',
    '64:ff9b::7f00:1',
    '[127.0.0.1]',
  ])('rejects %j', (host) => {
    expect(isLoopback(host)).toBe(false);
  });

  it("agrees with Node's BlockList for every IPv4 address", () => {
    const loopback = new BlockList();
    loopback.addSubnet('127.0.0.0', 8, 'ipv4');
    const near = fc.tuple(fc.integer({ min: 125, max: 129 }), fc.nat(255), fc.nat(255), fc.nat(255));
    const address = fc.oneof(
      fc.ipV4(),
      near.map((bytes) => bytes.join('.')),
    );
    fc.assert(
      fc.property(address, (ip) => {
        expect(isLoopback(ip)).toBe(loopback.check(ip, 'ipv4'));
        expect(isLoopback(`::ffff:${ip}`)).toBe(loopback.check(ip, 'ipv4'));
      }),
    );
  });

  it('agrees with the URL parser for every notation of an address', () => {
    const part = fc.oneof(
      fc.nat(300).map(String),
      fc.nat(300).map((value) => `0x${value.toString(16)}`),
      fc.nat(300).map((value) => `0${value.toString(8)}`),
      fc.constantFrom('127', '1', '2130706433', '', 'localhost', 'com'),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const host = parts.join('.');
        const parsed = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
        const isAddress = isIP(parsed) === 4 && parsed.startsWith('127.');
        expect(isLoopback(host)).toBe(isAddress || /(^|\.)localhost\.*$/.test(parsed));
      }),
      { numRuns: 1000 },
    );
  });
});
