import { describe, expect, it } from 'vitest';
import type { AttemptResult } from '../../mock-server/index.ts';
import { findingsOf } from './conclude-run.ts';

const CONTACT = { halt: null, acceptsAnything: false, headlines: [] };
const WATCH = { headlines: [], inconclusive: null };
const SUBJECT = { url: 'http://127.0.0.1:3000/', downloads: false };
const ONE = { text: 'one', remedy: 'fix' };

/** Returns a contact whose first callback was not acknowledged. */
function halted(isFault: boolean) {
  return { ...CONTACT, halt: { headline: ONE, isFault, attempt: {} as AttemptResult } };
}

describe('the findings about a run', () => {
  it('are empty for a receiver that behaves', () => {
    expect(findingsOf(CONTACT, WATCH, SUBJECT)).toEqual({ headlines: [], inconclusive: null });
  });

  it('are inconclusive when an option is missing, but not when the receiver is at fault', () => {
    expect(findingsOf(halted(false), WATCH, SUBJECT).inconclusive).toMatch(/was not acknowledged/);
    expect(findingsOf(halted(true), WATCH, SUBJECT).inconclusive).toBeNull();
  });

  it('name a URL that acknowledges anything, unless it downloads media', () => {
    const contact = { ...CONTACT, acceptsAnything: true };
    const { headlines, inconclusive } = findingsOf(contact, WATCH, SUBJECT);
    expect(headlines[0]?.text).toMatch(/does not appear to be a receiver/);
    expect(inconclusive).toMatch(/does not appear to be a receiver/);
    expect(findingsOf(contact, WATCH, { ...SUBJECT, downloads: true })).toEqual({
      headlines: [],
      inconclusive: null,
    });
  });

  it('list those of the first contact before those of the run', () => {
    const later = { text: 'two', remedy: 'fix' };
    const watch = { headlines: [later], inconclusive: 'several cases were running' };
    expect(findingsOf({ ...CONTACT, headlines: [ONE] }, watch, SUBJECT)).toEqual({
      headlines: [ONE, later],
      inconclusive: 'several cases were running',
    });
  });
});
