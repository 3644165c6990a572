import { CodedError } from '../mock-server/index.ts';
import { UnusableApp } from './app-under-test.ts';

/** An error without a stack: places in the judge explain nothing to a user, the message does. */
export function placelessError(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}

/** Test runners print only the message of an error, so the remedy becomes a part of it. */
export function readableError(error: unknown): unknown {
  if (error instanceof UnusableApp) return placelessError(error.message);
  if (!(error instanceof CodedError)) return error;
  return placelessError([error.message, error.remedy].filter((text) => text !== '').join('\n'));
}
