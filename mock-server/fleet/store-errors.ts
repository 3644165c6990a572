import { CodedError } from '../core/coded-error.ts';

export function unreachable(): CodedError {
  return new CodedError('STORE_UNREACHABLE', 'the store does not answer');
}

export function behind(after: number): CodedError {
  return new CodedError('STORE_BEHIND', `the store no longer has the changes after number ${after}`);
}

export function mismatch(): CodedError {
  return new CodedError(
    'STORE_MISMATCH',
    'the other replicas have another version, other packs, other settings or another seed',
  );
}
