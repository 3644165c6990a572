import { CodedError } from '../core/coded-error.ts';
import type { JsonObject, PathParams } from '../core/types.ts';
import type { Pack, SubmitOperation } from './pack.ts';
import { createRequestValidator, type RequestValidator } from './request-validator.ts';

/** Cached, because schemas are slow to compile and a contract suite stages many tasks of one pack. */
const validators = new WeakMap<Pack, RequestValidator>();

function validatorOf(pack: Pack): RequestValidator {
  const validator = validators.get(pack) ?? createRequestValidator(pack);
  validators.set(pack, validator);
  return validator;
}

/** Validates a patched request. @throws {CodedError} BAD_REQUEST when it is not valid under the OpenAPI document */
export function patchedRequest(
  pack: Pack,
  operation: SubmitOperation,
  body: JsonObject,
  pathParams: PathParams | null,
): JsonObject {
  const absent = (): undefined => undefined;
  const parts = { query: absent, header: absent, pathParams: pathParams ?? {}, body };
  const violation = validatorOf(pack)(operation, parts);
  if (violation === null) return body;
  throw new CodedError(
    'BAD_REQUEST',
    `the request is not valid for "${operation.id}": ${violation.message}`,
    'Change the fields that are merged into the sample request.',
  );
}
