import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { chooseScenario, type ScenarioSources } from './choose-scenario.ts';

const NONE: ScenarioSources = {
  header: undefined,
  prompt: undefined,
  queued: () => null,
  fallback: 'fallback',
};

function choose(sources: Partial<ScenarioSources>): string {
  return chooseScenario({ ...NONE, ...sources });
}

describe('the scenario that applies', () => {
  const header = 'from.header';
  const prompt = 'a cat [[scenario:from.prompt]] that dances';
  const queued = () => 'from.queue';

  it.each<readonly [string, Partial<ScenarioSources>]>([
    ['from.header', { header, prompt, queued }],
    ['from.header', { header, queued }],
    ['from.header', { header }],
    ['from.prompt', { prompt, queued }],
    ['from.prompt', { prompt }],
    ['from.queue', { prompt: 'a cat', queued }],
    ['from.queue', { queued }],
    ['fallback', { prompt: 'a cat' }],
    ['fallback', {}],
  ])('is the first one of header, prompt, queue and server: %s', (expected, sources) => {
    expect(choose(sources)).toBe(expected);
  });

  it('is not taken from the queue if the header or the prompt names one', () => {
    const taken: string[] = [];
    const queue = () => {
      taken.push('one');
      return 'from.queue';
    };
    choose({ header, queued: queue });
    choose({ prompt, queued: queue });
    expect(taken).toStrictEqual([]);
    choose({ queued: queue });
    expect(taken).toStrictEqual(['one']);
  });

  it('ignores an empty header', () => {
    expect(choose({ header: '', queued })).toBe('from.queue');
  });

  it.each<readonly [string, unknown]>([
    ['fail.nsfw', '[[scenario:fail.nsfw]]'],
    ['fail.nsfw', 'x[[scenario: fail.nsfw ]]y'],
    ['fail.nsfw+callback.late', '[[scenario:fail.nsfw+callback.late]]'],
    ['first', '[[scenario:first]] [[scenario:second]]'],
    ['two\nlines', '[[scenario:two\nlines]]'],
    ['fallback', '[scenario:fail.nsfw]'],
    ['fallback', '[[scenario:]]'],
    ['fallback', '[[scenario:fail.nsfw]'],
    ['fallback', '[[Scenario:fail.nsfw]]'],
    ['fallback', `[[scenario:${'x'.repeat(201)}]]`],
    ['fallback', 5],
    ['fallback', null],
    ['fallback', ['[[scenario:fail.nsfw]]']],
    ['fallback', { text: '[[scenario:fail.nsfw]]' }],
  ])('is %j if the prompt is %j', (expected, asked) => {
    expect(choose({ prompt: asked })).toBe(expected);
  });

  it('is found anywhere in the prompt', () => {
    const letters = fc.string().map((text) => text.replaceAll('[', '('));
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        expect(choose({ prompt: `${before}[[scenario:fail.nsfw]]${after}` })).toBe('fail.nsfw');
      }),
    );
  });
});
