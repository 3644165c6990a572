import { expect, it } from 'vitest';
import { compileHandshake } from '../packs/compile-handshake.ts';
import { composeHandshake } from './compose-handshake.ts';

const HANDSHAKE = compileHandshake({
  body: { type: 'check', token: '$handshake.challenge' },
  expect: { token: '$handshake.challenge' },
  within: '3s',
  whenFailed: 'refuse',
});

it('asks for its own challenge, which depends on the seed alone', () => {
  const { body, ackFields } = composeHandshake(HANDSHAKE, 'a');
  const { token } = JSON.parse(body) as { token: string };
  expect(token).toMatch(/^[0-9a-f]{32}$/);
  expect(ackFields).toBe(JSON.stringify({ token }));
  expect(composeHandshake(HANDSHAKE, 'a').body).toBe(body);
  expect(composeHandshake(HANDSHAKE, 'b').body).not.toBe(body);
});
