import { accessSync, closeSync, constants, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError, makeFolder } from '../mock-server/index.ts';

export interface ReportFile {
  readonly file: string;
  readonly text: () => string;
}

/**
 * Makes sure that a report can be written, before a run that takes minutes: creates its folder, and tries to write.
 * A report that exists keeps its content until there is a new one.
 * @throws {CodedError} OPTION_INVALID
 */
export function checkWritable(file: string): void {
  try {
    makeFolder(dirname(file));
    const exists = existsSync(file);
    if (exists) accessSync(file, constants.W_OK);
    // Opening finds what rights do not show: a folder of that name, a read-only file system.
    closeSync(openSync(file, 'a'));
    if (!exists) rmSync(file);
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `--report cannot write ${file}: ${(error as Error).message}`,
      'Choose a file that this user can write.',
    );
  }
}

/**
 * Writes every report that can be written.
 * @throws {CodedError} REPORT_UNWRITTEN, naming those that could not
 */
export function writeReports(reports: readonly ReportFile[]): void {
  const problems = reports.flatMap(({ file, text }) => {
    try {
      writeFileSync(file, text());
      return [];
    } catch (error) {
      return [`${file} (${(error as Error).message})`];
    }
  });
  if (problems.length === 0) return;
  throw new CodedError(
    'REPORT_UNWRITTEN',
    `the verdict is printed above, but not every report was written: ${problems.join(', ')}`,
    'Free space or fix the rights, and run it again.',
  );
}
