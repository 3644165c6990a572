import { describe, expect, it } from 'vitest';
import { TOKENS } from './tokens.ts';

type Tokens = ReadonlyMap<string, string>;

/** Reads the custom properties of a part of the style sheet. */
function tokensIn(css: string): [string, string][] {
  return [...css.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]);
}

const [, dark = ''] = /@media \(prefers-color-scheme: dark\) \{([\s\S]*?)\n\}/.exec(TOKENS) ?? [];
const everywhere = tokensIn(TOKENS.replace(dark, ''));
const MODES: readonly (readonly [string, Tokens])[] = [
  ['light', new Map(everywhere)],
  ['dark', new Map([...everywhere, ...tokensIn(dark)])],
];

/** Returns a color as its relative luminance (WCAG 2). */
function luminance(tokens: Tokens, name: string): number {
  const value = tokens.get(name) ?? '';
  const [, other] = /^var\(--([\w-]+)\)$/.exec(value) ?? [];
  if (other !== undefined) return luminance(tokens, other);
  const [, digits] = /^#([\da-f]{6})$/.exec(value) ?? [];
  if (digits === undefined) throw new Error(`--${name} is not a color: "${value}"`);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((from) => {
    const part = Number.parseInt(digits.slice(from, from + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(tokens: Tokens, one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(tokens, one), luminance(tokens, other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const BARS = [
  ...['waiting', 'in-flight', 'retrying', 'acknowledged', 'abandoned', 'no-callback'],
  ...['state', 'state-2', 'step-1', 'step-2', 'step-3', 'step-4', 'success', 'failure', 'canceled'],
];
const TEXTS = [...['text', 'faint', 'accent', 'bad', 'now'], ...BARS.slice(0, 6)];
const STATUSES = ['passed', 'failed', 'loose', 'unseen', 'absent'];

describe.each(MODES)('the colors of the %s mode', (_mode, tokens) => {
  it.each(BARS)('give the bar --%s a contrast of 3 on every background', (bar) => {
    for (const below of ['surface', 'ground', 'sunk']) {
      expect(contrast(tokens, bar, below), below).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(BARS)('give a text on the bar --%s a contrast of 4.5', (bar) => {
    expect(contrast(tokens, 'on-bar', bar)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(TEXTS)('give the text --%s a contrast of 4.5 on every background', (text) => {
    for (const below of ['surface', 'ground', 'sunk']) {
      expect(contrast(tokens, text, below), below).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(STATUSES)('give the status --%s a contrast of 4.5 on its own background', (status) => {
    expect(contrast(tokens, status, `${status}-bg`)).toBeGreaterThanOrEqual(4.5);
  });
});

describe('the tokens', () => {
  it('define every color in both modes', () => {
    const colors = (css: string) =>
      tokensIn(css).flatMap(([name, value]) => (value[0] === '#' ? [name] : []));
    expect(colors(dark)).toEqual(colors(TOKENS.replace(dark, '')));
  });

  it('have type and distances that follow the text size of the browser', () => {
    expect(TOKENS).not.toMatch(/\dpx/);
  });
});
