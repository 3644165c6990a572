import { expect, it } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { isListening } from './is-listening.ts';

it('finds a receiver that listens', async () => {
  const receiver = await openReceiver(200);
  expect(await isListening(receiver.url)).toBe(true);
  receiver.close();
});

it('reports a receiver that does not listen, after several attempts', async () => {
  expect(await isListening(`http://127.0.0.1:${await freePort()}/`)).toBe(false);
});
