/** The symbol of each status; the same as in reports, which this page cannot import. */
export const SYMBOLS: Readonly<Record<string, string>> = {
  passed: '✓',
  failed: '✗',
  'non-strict': '~',
  'not-observable': '○',
  'not-applicable': '–',
};
