import { describe, expect, it } from 'vitest';
import { describeSink, PLAIN_SINK, type SinkSettings, sinkSettingsOf, sinkUrl } from './sink-settings.ts';

const ORIGIN = 'http://127.0.0.1:4010';

const EXAMPLES: readonly (readonly [Partial<SinkSettings>, query: string, phrase: string])[] = [
  [{}, '', 'answers 200'],
  [{ failures: 2 }, '?fail=2', 'answers 500, 500, then 200'],
  [{ failures: 5, status: 503 }, '?status=503&fail=5', 'answers 503 5 times, then 200'],
  [{ failures: 'all' }, '?status=500', 'answers 500 every time'],
  [{ failures: 'all', status: 404 }, '?status=404', 'answers 404 every time'],
  [{ delay: '20s' }, '?delay=20s', 'answers 200, each time after 20s'],
  [{ delay: '20s', delayed: 1 }, '?delay=20s&slow=1', 'answers 200, the first time after 20s'],
  [
    { failures: 1, delay: '2s', delayed: 3 },
    '?fail=1&delay=2s&slow=3',
    'answers 500, then 200, the first 3 times after 2s',
  ],
];

describe('the settings of the built-in receiver', () => {
  it.each(EXAMPLES)('%j are the query "%s"', (changes, query, phrase) => {
    const settings = { ...PLAIN_SINK, ...changes };
    expect(sinkUrl(ORIGIN, settings)).toBe(`${ORIGIN}/__sink${query}`);
    expect(sinkSettingsOf(`${ORIGIN}/__sink${query}`, ORIGIN)).toEqual(settings);
    expect(describeSink(settings)).toBe(phrase);
  });

  it('are not read from the URL of another receiver', () => {
    expect(sinkSettingsOf('http://127.0.0.1:5000/__sink?fail=2', ORIGIN)).toBeNull();
    expect(sinkSettingsOf(`${ORIGIN}/other`, ORIGIN)).toBeNull();
  });
});
