import { type CaseDefinition, describeCase } from '../contract-tests/case-definition.ts';
import { LEVEL_WORDS } from '../contract-tests/reporters/wording.ts';
import { loadPacks, type Pack } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { type Printer, table } from './print.ts';
import { type ServerFlags, serverOptions } from './server-options.ts';

/** `cases`: lists all cases of both suites. */
export async function listCases(flags: ServerFlags, printer: Printer): Promise<number> {
  const [{ RECEIVER_CASES }, { CLIENT_CASES }] = await Promise.all([
    import('../contract-tests/receiver/cases.ts'),
    import('../contract-tests/client/cases.ts'),
  ]);
  const packs = loadPacks(serverOptions(flags));
  printer.line('Receiver cases:');
  printCases(RECEIVER_CASES, packs, printer);
  printer.line('\nClient cases:');
  printCases(CLIENT_CASES, packs, printer);
  return EXIT.ok;
}

/** Loads the built-in packs and those that options name; if an event is named, only the pack that sends it. */
export function packsNamedBy({
  pack = [],
  profile,
  event,
}: {
  readonly pack?: readonly string[];
  readonly profile?: string;
  readonly event?: string;
}): readonly Pack[] {
  const all = loadPacks({ packs: pack, ...(profile === undefined ? {} : { profile }) });
  const senders = all.filter(({ events }) => event !== undefined && events.has(event));
  return senders.length > 0 ? senders : all;
}

/** @param packs whose facts and figures the texts name; with several of them, texts are general */
export function printCases(
  definitions: readonly CaseDefinition[],
  packs: readonly Pack[],
  printer: Printer,
): void {
  const cases = definitions.map((one) => describeCase(one, packs));
  for (const { id, group, title, level, requirement, why, remedy, sources } of cases) {
    printer.object({ id, group, title, level, requirement, why, remedy, sources });
  }
  for (const group of new Set(cases.map((one) => one.group))) {
    printer.line(printer.paint('bold', group));
    const rows = cases
      .filter((one) => one.group === group)
      .map(({ id, level, title }) => [`  ${id}`, LEVEL_WORDS[level], title]);
    for (const row of table(rows)) printer.line(row);
  }
}
