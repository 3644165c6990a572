import { CodedError } from '../../core/coded-error.ts';
import { isSystemError } from '../../core/system-error.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { ErrorRole } from '../../packs/lifecycle.ts';
import type { Violation } from '../../packs/request-validator.ts';
import type { OperationCall } from './operation-call.ts';
import { unknownText } from './stray-calls.ts';
import type { VendorAnswers } from './vendor-answers.ts';

/** Refuses calls in the envelope of their vendor. */
export interface Refusals {
  /** Refuses a call with the vendor's error for a role. */
  refuse(call: OperationCall, role: ErrorRole, detail?: string): void;
  /** Refuses a call that violates the vendor's document. */
  refuseFor(call: OperationCall, violation: Violation): void;
  /** Refuses a call whose changes cannot be written to disk. */
  refuseUnsaved(call: OperationCall, error: CodedError): void;
  /** Refuses a call that caused an error. Rethrows defects of the mock. */
  refuseBecause(call: OperationCall, error: unknown): void;
  /** Refuses a call whose operation was removed while its body arrived. */
  refuseRemoved(call: OperationCall, path: string): void;
}

export function createRefusals({ send }: Pick<VendorAnswers, 'send'>): Refusals {
  function refuse(call: OperationCall, role: ErrorRole, detail?: string): void {
    send(call, errorOf(call, role, detail), null);
  }

  return {
    refuse,
    refuseFor(call, { code, message, field }) {
      const answer = code === null ? null : call.pack.errors.forCode(code, call.parts);
      send(call, answer ?? errorOf(call, 'invalid', message, field), null);
    },
    refuseUnsaved(call, { message }) {
      refuse(call, 'maintenance', message);
    },
    refuseBecause(call, error) {
      if (error instanceof CodedError && OF_THE_STORE.has(error.code))
        return refuse(call, 'internal', error.message);
      if (error instanceof CodedError)
        return refuse(call, 'invalid', `${error.message}. ${error.remedy}`.trim());
      if (!isSystemError(error) || call.response.headersSent) throw error;
      // A client under test handles the errors of its vendor only.
      const { status, ...answer } = call.pack.errors.forRole('internal', error.message, call.parts);
      send(call, { ...answer, status: status >= 400 ? Math.max(status, 500) : status }, null);
    },
    refuseRemoved(call, path) {
      const text = unknownText(`${call.request.method} ${path}`, null);
      const answer = call.pack.errors.forRole('unknownRoute', text, call.parts);
      send({ ...call, match: null, route: 'unknown' }, answer, null);
    },
  };
}

/** Errors that are not the fault of the call. */
const OF_THE_STORE: ReadonlySet<string> = new Set(['STORE_UNREACHABLE', 'STORE_BEHIND']);

/** Returns the error for a role: that of the operation if it has its own, or else that of the pack. */
function errorOf(
  { pack, match, parts }: OperationCall,
  role: ErrorRole,
  detail?: string,
  field?: Violation['field'],
): Answer {
  const { operation } = match;
  const own = operation.type === 'upload' ? operation.errors.get(role) : undefined;
  return own === undefined ? pack.errors.forRole(role, detail, parts, field) : own(detail, parts);
}
