import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/coded-error.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { OperationCall } from './operation-call.ts';
import { createRefusals } from './refusals.ts';

const NO_FILES = Object.assign(new Error('too many open files'), {
  code: 'EMFILE',
  errno: -24,
  syscall: 'open',
});
const STATUS: Readonly<Record<string, number>> = {
  invalid: 400,
  maintenance: 503,
  unknownRoute: 404,
};

function open({ headersSent = false, internal = 500 } = {}) {
  const sent: { readonly call: object; readonly answer: Answer }[] = [];
  const refusals = createRefusals({ send: (call, answer) => sent.push({ call, answer }) });
  const call = {
    request: { method: 'POST' },
    response: { headersSent },
    route: 'operation',
    match: { operation: { type: 'submit' } },
    pack: {
      errors: {
        forRole: (role: string, detail = '') => ({
          status: STATUS[role] ?? internal,
          body: `${role}: ${detail}`,
        }),
        forCode: (code: string) => (code === '455' ? { status: 200, body: 'code 455' } : null),
      },
    },
  } as unknown as OperationCall;
  return { sent, refusals, call };
}

describe('a refused call', () => {
  it('is answered with the error of a role', () => {
    const { sent, refusals, call } = open();
    refusals.refuse(call, 'invalid', 'prompt is missing');
    expect(sent).toMatchObject([{ answer: { status: 400, body: 'invalid: prompt is missing' } }]);
  });

  it.each([
    ['455', 'code 455'],
    ['999', 'invalid: prompt is too long'],
    [null, 'invalid: prompt is too long'],
  ])('that violates the document is answered with the code %s of the vendor if it exists', (code, body) => {
    const { sent, refusals, call } = open();
    refusals.refuseFor(call, { code, message: 'prompt is too long', field: ['body', 'prompt'] });
    expect(sent).toMatchObject([{ answer: { body } }]);
  });

  it('that cannot be saved is answered with maintenance', () => {
    const { sent, refusals, call } = open();
    refusals.refuseUnsaved(call, new CodedError('DATA_UNWRITABLE', 'the disk is full'));
    expect(sent).toMatchObject([{ answer: { status: 503, body: 'maintenance: the disk is full' } }]);
  });

  it('whose operation was removed is recorded as unknown', () => {
    const { sent, refusals, call } = open();
    refusals.refuseRemoved(call, '/clips');
    expect(sent).toMatchObject([
      {
        call: { match: null, route: 'unknown' },
        answer: { status: 404, body: expect.stringContaining('POST /clips') },
      },
    ]);
  });
});

describe('an error during a call', () => {
  it('with a code is answered with its message and remedy', () => {
    const { sent, refusals, call } = open();
    refusals.refuseBecause(call, new CodedError('SCENARIO_UNKNOWN', 'unknown scenario "x"', 'Use another.'));
    expect(sent).toMatchObject([{ answer: { body: 'invalid: unknown scenario "x". Use another.' } }]);
  });

  it.each([
    [400, 500],
    [503, 503],
    // Vendors that report all errors with 200 have no other status for this one.
    [200, 200],
  ])('of the system is answered with a server error: %d becomes %d', (internal, status) => {
    const { sent, refusals, call } = open({ internal });
    refusals.refuseBecause(call, NO_FILES);
    expect(sent).toMatchObject([{ answer: { status, body: 'internal: too many open files' } }]);
  });

  it('of the system is thrown if the answer has begun', () => {
    const { refusals, call } = open({ headersSent: true });
    expect(() => refusals.refuseBecause(call, NO_FILES)).toThrow(NO_FILES);
  });

  it('that is a defect is thrown', () => {
    const { sent, refusals, call } = open();
    expect(() => refusals.refuseBecause(call, new TypeError('a defect'))).toThrow('a defect');
    expect(sent).toEqual([]);
  });
});
