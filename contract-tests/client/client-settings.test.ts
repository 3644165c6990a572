import { describe, expect, it } from 'vitest';
import { CLIENT_CASES } from './cases.ts';
import type { ClientOptions } from './client-options.ts';
import { readClientSettings } from './client-settings.ts';

const run = async (): Promise<void> => undefined;

describe('the settings of a client run', () => {
  it('have all defaults', async () => {
    expect(await readClientSettings({ run })).toMatchObject({
      cases: CLIENT_CASES,
      isQuick: false,
      packDirs: [],
      profile: null,
      limitMs: 120_000,
      jobs: 4,
      time: 'wall',
      timeScale: 1,
      giveUpWithinMs: 900_000,
      downloadWithinMs: null,
      concurrency: null,
      tlsDir: null,
      trust: null,
      keys: [],
    });
  });

  it('run one at a time and unscaled with fake timers, which are global', async () => {
    const advanceTimers = (): void => undefined;
    expect(await readClientSettings({ run, advanceTimers, jobs: 8, timeScale: 30 })).toMatchObject({
      jobs: 1,
      time: 'service',
      timeScale: 1,
    });
  });

  it('are shorter and fewer with "quick"', async () => {
    const { limitMs, cases } = await readClientSettings({ run, quick: true });
    expect(limitMs).toBe(12_000);
    expect(cases.length).toBeLessThan(CLIENT_CASES.length);
  });

  it('name the keys that the report must not contain', async () => {
    const options = { command: ['node', 'a.js', '--token', 'abc123'], env: { API_KEY: 'k', URL: '{url}' } };
    expect((await readClientSettings(options)).keys).toEqual(['abc123', 'k']);
  });

  it.each<[string, ClientOptions, string]>([
    ['no client', {}, 'OPTION_INVALID'],
    ['a time scale of 0', { run, timeScale: 0 }, 'OPTION_INVALID'],
    ['an invalid duration', { run, giveUpWithin: 'soon' }, 'OPTION_INVALID'],
    ['a URL of an unknown pack', { command: ['node', 'a.js', '{url:runwai}'] }, 'OPTION_INVALID'],
    ['an unknown case', { run, only: ['CLI-NONE'] }, 'CASE_UNKNOWN'],
  ])('are rejected with %s', async (_what, options, code) => {
    await expect(readClientSettings(options)).rejects.toMatchObject({ code });
  });
});
