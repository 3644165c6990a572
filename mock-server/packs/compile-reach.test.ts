import { describe, expect, it } from 'vitest';
import { compileReach } from './compile-reach.ts';

describe('the header that names a URL of the vendor', () => {
  it('is compared in lower case, with the hosts of all servers', () => {
    const servers = [
      { url: 'https://queue.acme.example/v2' },
      { url: '/v2' },
      { url: 'https://b.example:8443' },
    ];
    expect(compileReach({ reach: { header: 'X-Target' } }, { servers })).toEqual({
      header: 'x-target',
      hosts: ['queue.acme.example', 'b.example:8443'],
    });
  });

  it('does not exist by default', () => {
    expect(compileReach({}, {})).toBeNull();
  });

  it('is refused if the document does not list a server with a host', () => {
    expect(() => compileReach({ reach: { header: 'X-Target' } }, { servers: [{ url: '/' }] })).toThrow(
      'does not list the servers',
    );
  });
});
