import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPack } from './check/check-pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const STUDIO = join(PACKAGE_ROOT, 'fixtures/packs/acme-studio');

let home = '';
let copies = 0;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-kinds-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Checks the pack with an edit, and returns what it found. */
async function problemsOf(file: string, from: string, to: string): Promise<string[]> {
  const dir = join(home, `pack-${copies++}`);
  cpSync(STUDIO, dir, { recursive: true });
  const path = join(dir, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`the text must occur once: ${from}`);
  writeFileSync(path, text.replace(from, to));
  const { problems } = await checkPack(dir);
  return problems.map(({ message, line }) => `${line > 0 ? '' : 'no line: '}${message}`);
}

describe('the check of a pack whose kinds depend on a field', () => {
  it.each([
    [
      'an unknown kind',
      'song-1: music',
      'song-1: opera',
      'kind "opera" does not exist; expected one of video, image',
    ],
    [
      'a kind without its own answer',
      'writing: { <<: *job, state: lyrics }',
      '',
      'missing body for state "writing" of kind "music"',
    ],
    [
      'an answer of an unknown kind',
      '      music:\n        writing',
      '      opera:\n        writing',
      'kind "opera" does not exist',
    ],
    [
      'a state that the kind does not reach',
      '      image:\n        done: { <<',
      '      image:\n        writing: *job\n        done: { <<',
      'no task reaches state "writing"',
    ],
    [
      'a place that is not kept',
      'by: $request.body#/model',
      'by: $request.query.model',
      '/operations/create-job/kind',
    ],
    [
      'more media than the task has',
      '$media.track.1.url,',
      '$media.track.2.url,',
      '$media has no "track.2.url"',
    ],
    [
      'a value that the file does not have',
      '$media.video.width',
      '$media.track.width',
      '$media has no "track.width"',
    ],
  ])('reports %s', async (_, from, to, says) => {
    expect(await problemsOf('lifecycle.yaml', from, to)).toContainEqual(expect.stringContaining(says));
  });

  it('requires an example of each kind in the document', async () => {
    const problems = await problemsOf(
      'openapi.yaml',
      '              still: { value: { model: still-1, input: { prompt: A lighthouse at dawn, n: 3 } } }\n',
      '',
    );
    expect(problems).toEqual([
      expect.stringContaining('no example of the request creates a task of kind "image"'),
    ]);
  });
});
