import { describe, expect, it } from 'vitest';
import { visible, visibleLine } from './visible.ts';

describe('texts of strangers', () => {
  it('spell out what a terminal would obey', () => {
    expect(visible('\u001b[31mred\u0007 \u009b \u0000')).toBe('\\x1b[31mred\\x07 \\x9b \\x00');
    expect(visible('over\rwritten')).toBe('over\\x0dwritten');
  });

  it('spell out what turns the direction of writing', () => {
    expect(visible('\u202egnp.exe\u2066')).toBe('\\u202egnp.exe\\u2066');
  });

  it('keep line ends, tabs and every other letter', () => {
    expect(visible('é\t→\n日本 🎬')).toBe('é\t→\n日本 🎬');
  });

  it('become one line where there is room for one', () => {
    expect(visibleLine(' two\n  lines\t\r\n')).toBe('two lines');
  });
});
