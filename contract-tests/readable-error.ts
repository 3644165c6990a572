import { CodedError } from '../mock-server/index.ts';
import { UnusableApp } from './app-under-test.ts';

/** Removes the stack of an error, because positions inside the judge do not help a user. */
export function placelessError(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}

/** Adds the remedy to the message, because test runners print only the message of an error. */
export function readableError(error: unknown): unknown {
  if (error instanceof UnusableApp) return placelessError(error.message);
  if (!(error instanceof CodedError)) return error;
  return placelessError([error.message, error.remedy].filter((text) => text !== '').join('\n'));
}
