import { describe, expect, it } from 'vitest';
import type { ClientOptions } from './client-options.ts';
import { replayLine } from './replay-line.ts';

/** Every option that changes what is run or how it is judged, and how the command spells it. */
const SPELLED: Readonly<Partial<Record<keyof ClientOptions, readonly [value: unknown, words: string]>>> = {
  packs: [['./acme'], '--pack ./acme'],
  profile: ['observed', '--profile observed'],
  seed: [7, '--seed 7'],
  timeScale: [30, '--time-scale 30'],
  timeLimit: ['1m', '--time-limit 1m'],
  giveUpWithin: ['2m', '--give-up-within 2m'],
  downloadWithin: ['3m', '--download-within 3m'],
  concurrency: [2, '--concurrency 2'],
  allowCallback: [['hooks.test'], '--allow-callback hooks.test'],
  tls: ['certs', '--tls certs'],
  env: [{ API_BASE: '{url}', API_KEY: 'k3yk3yk3y' }, '--env API_BASE={url} --env "API_KEY=$API_KEY"'],
  command: [['node', 'my client.js'], "-- node 'my client.js'"],
};

describe('the command that repeats a case', () => {
  it('contains the case', () => {
    expect(replayLine('CLI-POL-01', '7', {})).toBe('stuntdouble verify client --only CLI-POL-01');
  });

  it.each(Object.entries(SPELLED))('repeats %s', (name, [value, words]) => {
    expect(replayLine('CLI-POL-01', '7', { [name]: value })).toContain(` ${words}`);
  });
});
