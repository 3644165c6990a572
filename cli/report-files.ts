import { accessSync, closeSync, constants, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '../mock-server/index.ts';
import { makeFolder } from '../mock-server/internal.ts';

export interface ReportFile {
  readonly file: string;
  readonly text: () => string;
}

/**
 * Creates the folder of a report and checks that the report can be written, before a run that takes minutes.
 * An existing report keeps its content until it is replaced.
 * @throws {CodedError} OPTION_INVALID
 */
export function checkWritable(file: string): void {
  try {
    makeFolder(dirname(file));
    const exists = existsSync(file);
    if (exists) accessSync(file, constants.W_OK);
    // Opening the file also detects a folder with that name and a read-only file system.
    closeSync(openSync(file, 'a'));
    if (!exists) rmSync(file);
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `Cannot write the report ${file}: ${(error as Error).message}`,
      'Choose a path that is writable.',
    );
  }
}

/**
 * Writes all reports, even if some of them cannot be written.
 * @throws {CodedError} REPORT_UNWRITTEN, with the reports that could not be written
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
    `the result is printed above, but some reports could not be written: ${problems.join(', ')}`,
    'Free up disk space or fix the permissions, and run the command again.',
  );
}
