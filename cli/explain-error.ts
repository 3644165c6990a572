import { join, relative } from 'node:path';
import { CommanderError } from 'commander';
import { CodedError, ERRORS } from '../mock-server/index.ts';
import { isSystemError, PACKAGE_ROOT } from '../mock-server/internal.ts';
import { EXIT } from './exit-codes.ts';

export interface Explained {
  /** Empty if the error has already been printed. */
  readonly text: string;
  readonly code: number;
}

/** Formats an error as `error[CODE]: message`, followed by the remedy. Only internal errors include a stack. */
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
  return {
    text: inForm('DEFECT', 'Internal error in Stunt Double; please report it.', text),
    code: EXIT.couldNotRun,
  };
}

/** Returns the page that documents an error, as a relative path if the package is inside the current folder. */
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

/** Capitalizes a message and adds a full stop, because messages of the library are also used inside longer texts. */
export function asSentence(message: string): string {
  const capital = /^[a-z]+ /.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
  return capital.includes('\n') || /[.!?:)\]…]$/.test(capital) ? capital : `${capital}.`;
}

function remedyOf({ code }: { readonly code: string }): string {
  if (code === 'EMFILE' || code === 'ENFILE')
    return 'Raise the limit of open files, for example with: ulimit -n 1024';
  if (code === 'EACCES' || code === 'EPERM') return 'Fix the permissions or choose another path.';
  if (code === 'ENOSPC') return 'Free up disk space.';
  return '';
}
