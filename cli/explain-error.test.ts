import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodedError, ERRORS, type ErrorCode } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { explainError } from './explain-error.ts';

describe('an error of the command', () => {
  it('names the section that explains it, as a path that exists', () => {
    const { text } = explainError(
      new CodedError('PORT_TAKEN', 'port 4010 is in use', 'Choose another port.'),
    );
    expect(text).toBe(
      'error[PORT_TAKEN]: Port 4010 is in use.\n  Choose another port.\n  More: docs/reference/error-codes.md#port_taken',
    );
    expect(existsSync('docs/reference/error-codes.md')).toBe(true);
  });

  it.each(Object.keys(ERRORS) as ErrorCode[])('%s ends with the exit code of the table', (code) => {
    const expected = ERRORS[code].exitCode ?? EXIT.couldNotRun;
    expect(explainError(new CodedError(code, 'a message')).code).toBe(expected);
  });

  it('that nobody foresaw is a defect, with its stack', () => {
    const { text, code } = explainError(new Error('nobody foresaw it'));
    expect(text).toMatch(/^error\[DEFECT\]: /);
    expect(text).toContain('nobody foresaw it');
    expect(code).toBe(EXIT.couldNotRun);
  });
});
