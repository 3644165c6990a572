import { checkPack, type PackCheck } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { counted, type Printer } from './print.ts';

const STYLE = { error: 'red', warning: 'yellow' } as const;

/** `packs check`: reports errors and warnings in the packs of these folders. */
export async function checkPacks(dirs: readonly string[], printer: Printer): Promise<number> {
  const checks: PackCheck[] = [];
  for (const dir of dirs) {
    const check = await checkPack(dir);
    printCheck(check, printer);
    checks.push(check);
  }
  printer.line(summary(checks));
  return countOf('error', checks) > 0 ? EXIT.failed : EXIT.ok;
}

function printCheck(check: PackCheck, printer: Printer): void {
  const { problems, ...rest } = check;
  for (const problem of problems) {
    const { file, line, severity, message } = problem;
    printer.object({ type: 'problem', dir: check.dir, file, line, severity, message });
    printer.line(`${file}:${line}: ${printer.paint(STYLE[severity], severity)}: ${message}`);
  }
  const errors = countOf('error', [check]);
  printer.object({ type: 'checked', ...rest, errors, warnings: problems.length - errors });
}

function summary(checks: readonly PackCheck[]): string {
  const errors = countOf('error', checks);
  const warnings = countOf('warning', checks);
  const profiles = counted(
    checks.reduce((sum, check) => sum + check.profiles.length, 0),
    'profile',
  );
  if (errors + warnings > 0) {
    return `${counted(errors, 'error')}, ${counted(warnings, 'warning')} in ${profiles}`;
  }
  const templates = checks.reduce((sum, check) => sum + check.templates, 0);
  const states = checks.reduce((sum, check) => sum + check.states, 0);
  return `ok: ${profiles}, ${counted(templates, 'template')} in ${counted(states, 'state')} checked`;
}

function countOf(severity: 'error' | 'warning', checks: readonly PackCheck[]): number {
  return checks.flatMap(({ problems }) => problems).filter((problem) => problem.severity === severity).length;
}
