import { EXIT } from '../../cli/exit-codes.ts';
import { ERRORS, type ErrorEntry } from '../../mock-server/index.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

/** Returns `docs/reference/error-codes.md`, generated from the table of errors. */
export function errorCodesPage(): string {
  const errors: readonly (readonly [name: string, entry: ErrorEntry])[] = Object.entries(ERRORS);
  return textOf([
    ...pageOf('Error codes', INTRODUCTION, '`mock-server/core/error-codes.ts`'),
    ...table(
      ['code', 'what failed', 'exit code'],
      errors.map(([name, { title, exitCode }]) => [
        `[\`${name}\`](#${name.toLowerCase()})`,
        title,
        exitCode === null ? '' : String(exitCode),
      ]),
    ),
    ...errors.flatMap(([name, { title, meaning, remedy }]) => [
      `## ${name}`,
      '',
      title,
      '',
      `- When: ${meaning}`,
      `- Remedy: ${remedy}`,
      '',
    ]),
  ]);
}

const INTRODUCTION = [
  'The library throws a `CodedError` with a `code`, a `message` that names the offending value, a `remedy`, and the',
  '`page` with its section below. The command prints `error[CODE]` with the message, the remedy and the section, and ends',
  'with the exit code. The admin API answers with problem details (RFC 9457) that contain the `code`. Vendor routes answer',
  'with the errors of their vendor; only a call that does not indicate any vendor gets `ROUTE_UNKNOWN`.',
];

/** The meaning of each exit code. */
const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'Success. For `verify`, every observable MUST was met. For `trigger`, the callback was acknowledged.',
  failed:
    'For `verify`, a MUST was not met. For `trigger`, the callback was not acknowledged. For `packs check`, errors were found.',
  warned: 'For `verify` with `--strict`, a SHOULD was not met, or an answer was non-strict.',
  couldNotRun: 'The command could not run, or `verify` could not reach a conclusion.',
  usage: 'Invalid usage: an unknown option, an invalid value, or a missing argument.',
};

/** Returns `docs/reference/exit-codes.md`, generated from the exit codes of the command. */
export function exitCodesPage(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const codesOf = (exitCode: number): string =>
    Object.entries(ERRORS)
      .filter(([, entry]) => entry.exitCode === exitCode)
      .map(([name]) => `[${code(name)}](error-codes.md#${name.toLowerCase()})`)
      .join(', ');
  return textOf([
    ...pageOf('Exit codes', ['The exit codes of `stuntdouble`.'], '`cli/exit-codes.ts`'),
    ...table(
      ['exit code', 'meaning', 'errors'],
      names.map((name) => [String(EXIT[name]), MEANINGS[name], codesOf(EXIT[name])]),
    ),
    'A `verify` command that is stopped by a signal ends with 128 and the number of the signal: 130 after Ctrl-C, 143',
    'after SIGTERM. [Reports](../reports.md#what-the-conclusion-means) lists the conclusions of `verify` with their exit',
    'codes.',
  ]);
}
