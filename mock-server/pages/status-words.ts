type CaseStatus = 'passed' | 'failed' | 'non-strict' | 'not-observable' | 'not-applicable';

/** The symbol of each status in every report and in the console, because color alone does not distinguish them. */
export const SYMBOLS: Readonly<Record<CaseStatus, string>> = {
  passed: '✓',
  failed: '✗',
  'non-strict': '~',
  'not-observable': '○',
  'not-applicable': '–',
};

export const STATUS_WORDS: Readonly<Record<CaseStatus, string>> = {
  passed: 'passed',
  failed: 'failed',
  'non-strict': 'non-strict',
  'not-observable': 'not observable',
  'not-applicable': 'not applicable',
};

export const LEVEL_WORDS: Readonly<Record<'must' | 'should' | 'info', string>> = {
  must: 'MUST',
  should: 'SHOULD',
  info: 'info',
};

/** The aspects of a case that are not named after a stimulus. */
export const ASPECT_WORDS: ReadonlyMap<string, string> = new Map([
  ['ack', 'answer'],
  ['effect', 'effect'],
  ['behaviour', 'behavior'],
]);
