import { expect, it } from 'vitest';
import { SYMBOLS as REPORT_SYMBOLS } from '../../../contract-tests/reporters/wording.ts';
import { SYMBOLS } from './symbols.ts';

it('shows each status with the symbol of the reports', () => {
  expect(SYMBOLS).toEqual(REPORT_SYMBOLS);
});
