import type { Account } from '../../core/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Operation, Pack } from '../../packs/pack.ts';
import { createRequestValidator, type RequestValidator } from '../../packs/request-validator.ts';
import type { OperationCall } from './operation-call.ts';
import type { Operations } from './operations.ts';
import type { Refusals } from './refusals.ts';

/** Checks a call whose body has arrived, and performs its operation or refuses it. */
export type PerformCall = (call: OperationCall, body: unknown) => void;

interface PerformTools {
  readonly engine: Pick<Engine, 'pollsMoveTime'>;
  readonly journal: Pick<Journal, 'refusal'>;
  readonly refusals: Refusals;
  readonly operations: Operations;
}

/** Account of calls without a key, to operations that do not need one. */
const NO_KEY = 'no-key' as Account;

export function createPerformCall({ engine, journal, refusals, operations }: PerformTools): PerformCall {
  const validators = new WeakMap<Pack, RequestValidator>();

  function validatorOf(pack: Pack): RequestValidator {
    let validator = validators.get(pack);
    if (validator === undefined) {
      validator = createRequestValidator(pack);
      validators.set(pack, validator);
    }
    return validator;
  }

  /** Returns whether calls of the operation change state, which could be lost if the disk fails. */
  function isChange(operation: Operation): boolean {
    const { type } = operation;
    if (type === 'webhook') return operation.action !== 'get' && operation.action !== 'list';
    if (type === 'poll') return engine.pollsMoveTime;
    return type === 'submit' || type === 'upload' || type === 'cancel' || type === 'delete';
  }

  return (call, body) => {
    const { pack, operation } = call.match;
    const account = call.account ?? (operation.isPublic ? NO_KEY : null);
    if (account === null) return refusals.refuse(call, 'unauthorized');
    const { parts } = call;
    parts.body = body;
    try {
      const violation = validatorOf(pack)(operation, parts);
      if (violation !== null) return refusals.refuseFor(call, violation);
      const refusal = isChange(operation) ? journal.refusal() : null;
      if (refusal !== null) return refusals.refuseUnsaved(call, refusal);
      operations(call, operation, account, parts);
    } catch (error) {
      refusals.refuseBecause(call, error);
    }
  };
}
