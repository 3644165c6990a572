import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInPackDirs, loadPack } from '../packs/load-pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { listScenarios } from './catalog.ts';
import { createScenarioParser, parseScenario } from './parse-scenario.ts';

const RUNWAY = [loadPack(join(PACKAGE_ROOT, 'spec/runway'))];

describe('the list of scenarios', () => {
  it.each(builtInPackDirs())('contains only names that can be parsed, in every profile: %s', (dir) => {
    for (const profile of loadPack(dir).profiles) {
      const pack = loadPack(dir, profile);
      const parse = createScenarioParser(pack);
      const names = listScenarios([pack]).map(({ name }) => name);
      expect(names.length).toBeGreaterThan(20);
      for (const name of names) expect(parse(name).name).toBe(name);
    }
  });

  it('contains only names that each of their packs supports when several packs are loaded', () => {
    const packs = builtInPackDirs().map((dir) => loadPack(dir));
    for (const entry of listScenarios(packs)) {
      const knowing = packs.filter(({ name }) => entry.packs.includes(name));
      expect(knowing.map(({ name }) => name)).toStrictEqual(entry.packs);
      for (const pack of knowing) expect(parseScenario(entry.name, pack).name).toBe(entry.name);
    }
  });

  it('contains each name once, with a summary', () => {
    const entries = listScenarios(builtInPackDirs().map((dir) => loadPack(dir)));
    expect(new Set(entries.map(({ name }) => name)).size).toBe(entries.length);
    expect(entries.filter(({ summary }) => summary.trim() === '')).toStrictEqual([]);
  });

  it('contains every documented name for Runway', () => {
    const named = (family: string, ...names: string[]) => names.map((name) => `${family}.${name}`);
    const codes = ['401', '404', '422', '429', '451', '455', '500', '502', '503', '504'];
    const failures = `image-info inappropriate-content inappropriate-video image-format membership hd-trial
      concurrency dimensions upload-network moderator moderator-reenter prompt-length nsfw internal`;
    const callbacks = `never late duplicate concurrent-duplicate before-response lost-ack malformed truncated
      forged`;
    const expected = [
      'success',
      ...named('fail', ...failures.split(/\s+/)),
      ...named('submit', ...codes, 'reset', 'slow'),
      ...named('poll', ...codes, 'reset', 'truncated', 'not-visible'),
      ...named('callback', ...callbacks.split(/\s+/)),
      ...named('state', 'long', 'back-and-forth', 'unknown', 'unready'),
      ...named('media', 'dribble', 'hang', '503', 'truncated', 'expired'),
    ];
    const names = listScenarios(RUNWAY).map(({ name }) => name);
    expect(names.sort()).toStrictEqual(expected.sort());
  });

  it('lists the packs that have a name', () => {
    const [runway] = RUNWAY;
    if (runway === undefined) throw new Error('the pack "runway" is missing');
    const mute = { ...runway, name: 'mute', failures: new Map() };
    const entries = listScenarios([runway, mute]);
    const packsOf = (wanted: string) => entries.find(({ name }) => name === wanted)?.packs;
    expect(packsOf('fail.nsfw')).toStrictEqual(['runway']);
    expect(packsOf('callback.never')).toStrictEqual(['runway', 'mute']);
    expect(packsOf('submit.422')).toStrictEqual(['runway', 'mute']);
  });

  it('describes codes of the vendor as codes and other statuses as those of a gateway', () => {
    const summaries = new Map(listScenarios(RUNWAY).map(({ name, summary }) => [name, summary]));
    expect(summaries.get('submit.500')).toBe('the submission is answered with code 500');
    expect(summaries.get('poll.502')).toBe('the first poll is answered with HTTP 502 from a gateway');
    expect(summaries.get('fail.internal')).toBe(
      'the task fails with code 500: the vendor had an internal error',
    );
  });

  it('describes a gateway status as a code if the vendor has that code', () => {
    const [runway] = RUNWAY;
    if (runway === undefined) throw new Error('the pack "runway" is missing');
    const errors = { ...runway.errors, codes: ['503'] };
    const entries = listScenarios([{ ...runway, errors }]).filter(({ name }) => /^submit\.\d/.test(name));
    expect(entries.map(({ name, summary }) => [name, summary])).toStrictEqual([
      ['submit.503', 'the submission is answered with code 503'],
      ['submit.502', 'the submission is answered with HTTP 502 from a gateway'],
      ['submit.504', 'the submission is answered with HTTP 504 from a gateway'],
    ]);
  });

  it('contains only the names that do not depend on a pack if the list of packs is empty', () => {
    const names = listScenarios([]).map(({ name }) => name);
    expect(names).toContain('success');
    expect(names.filter((name) => name.startsWith('fail.'))).toStrictEqual([]);
  });
});
