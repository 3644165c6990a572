import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadPack } from './load-pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { createRequestValidator } from './request-validator.ts';

const STUDIO = loadPack(join(PACKAGE_ROOT, 'fixtures/packs/acme-studio'));
const validate = createRequestValidator(STUDIO);

function messageFor(body: unknown): string | null {
  const operation = STUDIO.operations.find(({ id }) => id === 'create-job');
  if (operation === undefined) throw new Error('the pack does not have the operation');
  const absent = (): undefined => undefined;
  return validate(operation, { query: absent, header: absent, pathParams: {}, body })?.message ?? null;
}

describe('a request whose schema depends on its model', () => {
  it.each([
    ['a valid one', { model: 'film-2', input: { prompt: 'a cat', seconds: 5 } }, null],
    [
      'one field of the model',
      { model: 'film-1', input: { prompt: 'a cat', seconds: 99 } },
      'input.seconds must be <= 15, got 99',
    ],
    [
      'more mistakes than another model would report',
      { model: 'song-1', input: { prompt: 'a cat' } },
      'input.style is required; input.mood is required; input.voice is required; input.tempo is required',
    ],
    [
      'an unknown model, with the known ones',
      { model: 'film-9', input: { prompt: 'a cat', seconds: 5 } },
      'model must be one of film-1, film-2, still-1, song-1, got the string "film-9"',
    ],
    ['no model', { input: { prompt: 'a cat' } }, 'model is required'],
    ['no input', { model: 'still-1' }, 'input is required'],
  ])('is explained by the fields of that model: %s', (_, body, message) => {
    expect(messageFor(body)).toBe(message);
  });
});
