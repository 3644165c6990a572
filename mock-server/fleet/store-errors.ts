import { CodedError } from '../core/coded-error.ts';

export function unreachable(): CodedError {
  return new CodedError('STORE_UNREACHABLE', 'the store does not answer');
}

export function behind(after: number): CodedError {
  return new CodedError('STORE_BEHIND', `the changes after number ${after} are missing from the store`);
}

export function mismatch(): CodedError {
  return new CodedError(
    'STORE_MISMATCH',
    'the other replicas have another version, other packs, other settings or another seed',
    'Start this replica like the others, or choose another prefix for the keys of the store, such as ?prefix=next.',
  );
}
