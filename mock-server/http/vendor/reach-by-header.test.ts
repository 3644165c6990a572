import { describe, expect, it } from 'vitest';
import { createReachByHeader } from './reach-by-header.ts';

const reach = { header: 'x-target', hosts: ['queue.acme.example', 'rest.acme.example'] };

describe('a request that names a URL of the vendor in a header', () => {
  const find = createReachByHeader([
    { pack: { reach: null }, base: '/other' },
    { pack: { reach }, base: '/acme' },
    { pack: { reach: { header: 'x-target', hosts: ['b.example'] } }, base: '/b' },
  ]);

  it.each([
    ['https://queue.acme.example/v2/clips?hook=http%3A%2F%2Fa', '/acme/v2/clips?hook=http%3A%2F%2Fa'],
    ['https://rest.acme.example/', '/acme/'],
    ['https://b.example/x', '/b/x'],
  ])('is sent to the pack with the server of %s', (named, path) => {
    expect(find({ 'x-target': named })).toBe(path);
  });

  it.each([
    ['without the header', {}],
    ['with the URL of another server', { 'x-target': 'https://other.example/v2/clips' }],
    ['with a text that is not a URL', { 'x-target': '/v2/clips' }],
  ])('keeps its own path %s', (_title, headers) => {
    expect(find(headers)).toBeNull();
  });
});
