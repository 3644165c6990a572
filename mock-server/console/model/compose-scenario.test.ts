import { describe, expect, it } from 'vitest';
import { loadPacks } from '../../index.ts';
import { listScenarios } from '../../scenarios/catalog.ts';
import { parseScenario } from '../../scenarios/parse-scenario.ts';
import { composed, describeParts, partIn, partsOf, suggestionsFor } from './compose-scenario.ts';

const packs = await loadPacks({ only: ['runway'] });
const all = listScenarios(packs);
const namesFor = (text: string, ...parts: string[]) =>
  suggestionsFor(text, parts, all).map(({ name }) => name);

describe('a composed scenario', () => {
  it('has parts, and none for success', () => {
    expect(partsOf('fail.nsfw + poll.429*3')).toEqual(['fail.nsfw', 'poll.429*3']);
    expect(partsOf('success')).toEqual([]);
    expect(composed(partsOf('fail.nsfw+callback.duplicate'))).toBe('fail.nsfw+callback.duplicate');
    expect(composed([])).toBe('success');
  });

  it('is suggested by the beginning of a name first, then by its words and its summary', () => {
    expect(namesFor('dupl')).toEqual(['callback.duplicate', 'callback.concurrent-duplicate']);
    expect(namesFor('nsfw')[0]).toBe('fail.nsfw');
    expect(namesFor('same bytes')).toEqual(['callback.duplicate']);
    expect(namesFor('no such scenario')).toEqual([]);
  });

  it('has at most one part of each family except for polls', () => {
    expect(namesFor('callback.', 'callback.duplicate')).toEqual([]);
    expect(namesFor('poll.reset', 'poll.429')).toEqual(['poll.reset']);
  });

  it('has numbers of times where they are supported', () => {
    expect(namesFor('poll.reset*3')).toEqual(['poll.reset*3']);
    expect(namesFor('fail.nsfw*3')).toEqual([]);
    expect(partIn('poll.reset*', all)).toBe('poll.reset*');
    expect(partIn('fail.nsfw*3', all)).toBeNull();
    expect(partIn('fail.nsf', all)).toBeNull();
  });

  it('is accepted by the mock in each combination that is suggested', () => {
    const [pack] = packs;
    if (pack === undefined) throw new Error('the pack is not loaded');
    for (const text of ['', '*2']) {
      for (const first of suggestionsFor('', [], all)) {
        const last = suggestionsFor(text, [first.name], all).at(-1);
        const parts = [first.name, ...(last === undefined ? [] : [last.name])];
        expect(() => parseScenario(composed(parts), pack)).not.toThrow();
      }
    }
  });

  it('is described by its parts', () => {
    expect(describeParts([], all)).toBe('the task succeeds');
    expect(describeParts(['callback.never', 'poll.reset*2'], all)).toBe(
      'the callback is never sent; the connection is reset at the first poll (2 times)',
    );
  });
});
