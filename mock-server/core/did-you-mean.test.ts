import { describe, expect, it } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const KNOWN = ['fail.nsfw', 'fail.internal', 'success'];

describe('the remedy for a mistyped name', () => {
  it('names the most similar known names', () => {
    expect(didYouMean('fail.nfsw', ['fail.nsfw', 'success'], 'Run the list.')).toBe(
      'Did you mean fail.nsfw?',
    );
    expect(didYouMean('sucess', ['success', 'access'], '')).toBe('Did you mean success or access?');
  });

  it('names at most as many as requested', () => {
    expect(didYouMean('sucess', ['success', 'access'], '', 1)).toBe('Did you mean success?');
  });

  it('is the other remedy when no name is similar', () => {
    expect(didYouMean('completely different', KNOWN, 'Run the list.')).toBe('Run the list.');
  });
});
