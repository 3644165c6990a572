import type { CaseFacts } from '../contract-tests/report.ts';
import { EXIT } from './exit-codes.ts';
import { type Printer, table } from './print.ts';

const LEVELS = { must: 'MUST', should: 'SHOULD', info: 'info' } as const;

/** `cases`: lists all cases of both suites. */
export async function listCases(_flags: object, printer: Printer): Promise<number> {
  const [{ RECEIVER_CASES }, { CLIENT_CASES }] = await Promise.all([
    import('../contract-tests/receiver/cases.ts'),
    import('../contract-tests/client/cases.ts'),
  ]);
  printer.line('Receiver cases:');
  printCases(RECEIVER_CASES, printer);
  printer.line('\nClient cases:');
  printCases(CLIENT_CASES, printer);
  return EXIT.ok;
}

export function printCases(cases: readonly CaseFacts[], printer: Printer): void {
  for (const { id, group, title, level, requirement, why, remedy, sources } of cases) {
    const restsOn = sources.map(({ page }) => page);
    printer.object({ id, group, title, level, requirement, why, remedy, restsOn });
  }
  for (const group of new Set(cases.map((one) => one.group))) {
    printer.line(printer.paint('bold', group));
    const rows = cases
      .filter((one) => one.group === group)
      .map(({ id, level, title }) => [`  ${id}`, LEVELS[level], title]);
    for (const row of table(rows)) printer.line(row);
  }
}
