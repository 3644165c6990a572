import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodedError, ERRORS, type ErrorCode } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { explainError } from './explain-error.ts';

describe('explainError', () => {
  it('refers to the page that documents the error', () => {
    const { text } = explainError(
      new CodedError('PORT_TAKEN', 'port 4010 is in use', 'Choose another port.'),
    );
    expect(text).toBe(
      'error[PORT_TAKEN]: Port 4010 is in use.\n  Choose another port.\n  More: docs/reference/error-codes.md#port_taken',
    );
    expect(existsSync('docs/reference/error-codes.md')).toBe(true);
  });

  it.each(Object.keys(ERRORS) as ErrorCode[])('returns the exit code of the error table for %s', (code) => {
    const expected = ERRORS[code].exitCode ?? EXIT.couldNotRun;
    expect(explainError(new CodedError(code, 'a message')).code).toBe(expected);
  });

  it('reports an unexpected error as an internal error with its stack', () => {
    const { text, code } = explainError(new Error('unexpected'));
    expect(text).toMatch(/^error\[DEFECT\]: Internal error in Stunt Double; please report it\./);
    expect(text).toContain('Error: unexpected\n');
    expect(code).toBe(EXIT.couldNotRun);
  });
});
