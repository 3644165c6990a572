import { join, relative } from 'node:path';
import { CommanderError } from 'commander';
import { CodedError, ERRORS, isSystemError, PACKAGE_ROOT } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';

export interface Explained {
  /** Empty when it has been printed. */
  readonly text: string;
  readonly code: number;
}

/** The one form of errors: `error[CODE]: what failed`, then the remedy. A stack appears only with a defect. */
export function explainError(error: unknown): Explained {
  if (error instanceof CommanderError) {
    return { text: '', code: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  if (error instanceof CodedError) {
    const code = ERRORS[error.code].exitCode ?? EXIT.couldNotRun;
    return { text: `${inForm(error.code, error.message, error.remedy)}\n  More: ${pageOf(error)}`, code };
  }
  if (isSystemError(error)) {
    return { text: inForm('SYSTEM_FAILED', error.message, remedyOf(error)), code: EXIT.couldNotRun };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: inForm('DEFECT', 'Stunt Double failed; this is a defect.', text), code: EXIT.couldNotRun };
}

/** The section that explains an error, as a path from here where the package is below this folder. */
function pageOf({ page }: CodedError): string {
  const path = join(PACKAGE_ROOT, page);
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function inForm(code: string, message: string, remedy: string): string {
  const rest = remedy
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `\n  ${line}`);
  return `error[${code}]: ${asSentence(message)}${rest.join('')}`;
}

/** Messages of the library are also parts of longer texts, so they begin small and have no full stop. */
function asSentence(message: string): string {
  const capital = /^[a-z]+ /.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
  return capital.includes('\n') || /[.!?:)\]…]$/.test(capital) ? capital : `${capital}.`;
}

function remedyOf({ code }: { readonly code: string }): string {
  if (code === 'EMFILE' || code === 'ENFILE') return 'Allow more open files: ulimit -n 1024';
  if (code === 'EACCES' || code === 'EPERM') return 'Give this user the right to it, or choose another path.';
  if (code === 'ENOSPC') return 'Free space on the disk.';
  return '';
}
