import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/coded-error.ts';
import { loadPacks } from '../../load-packs.ts';
import type { Operation } from '../../packs/pack.ts';
import { type OperationCall, partsOf } from './operation-call.ts';
import { createPerformCall } from './perform-call.ts';
import type { Refusals } from './refusals.ts';

const FULL = new CodedError('DATA_UNWRITABLE', 'the disk is full');
const PACK = loadPacks().find(({ name }) => name === 'runway');

interface Circumstances {
  readonly account?: string | null;
  readonly pollsMoveTime?: boolean;
  readonly refusal?: CodedError | null;
  readonly failure?: Error;
}

/** Performs a call of the first operation of a type, and returns what happened. */
function perform(type: Operation['type'], circumstances: Circumstances = {}): string[] {
  const { account = 'key', pollsMoveTime = false, refusal = null, failure } = circumstances;
  const events: string[] = [];
  const note =
    (name: string) =>
    (_call: unknown, detail: unknown): void => {
      const { message } = (detail ?? {}) as { readonly message?: string };
      events.push(`${name} ${typeof detail === 'string' ? detail : (message ?? '')}`.trim());
    };
  const refusals: Refusals = {
    refuse: note('refuse'),
    refuseFor: () => events.push('violation'),
    refuseUnsaved: note('unsaved'),
    refuseBecause: note('because'),
    refuseRemoved: note('removed'),
  };
  const performCall = createPerformCall({
    engine: { pollsMoveTime },
    journal: { refusal: () => refusal },
    refusals,
    operations(_call, operation) {
      if (failure !== undefined) throw failure;
      events.push(operation.type);
    },
  });
  const operation = PACK?.operations.find((one) => one.type === type);
  const match = { pack: PACK, operation, pathParams: {} };
  const request = { url: '/?taskId=abc', headers: {} } as IncomingMessage;
  const parts = partsOf(request, { pathParams: {} }, { of: () => 'id' });
  performCall(
    { request, account, match, parts } as unknown as OperationCall,
    type === 'submit' ? {} : undefined,
  );
  return events;
}

describe('a call whose body has arrived', () => {
  it('is performed if it is valid', () => {
    expect(perform('poll')).toEqual(['poll']);
  });

  it('is refused without an account, before its body is validated', () => {
    expect(perform('submit', { account: null })).toEqual(['refuse unauthorized']);
  });

  it('is refused if it violates the document', () => {
    expect(perform('submit')).toEqual(['violation']);
  });

  it('is refused if its error is not a defect', () => {
    expect(perform('poll', { failure: new Error('too late') })).toEqual(['because too late']);
  });
});

describe('a poll on a disk that cannot be written', () => {
  it('is answered, because it changes nothing', () => {
    expect(perform('poll', { refusal: FULL })).toEqual(['poll']);
  });

  it('is refused if polls move time', () => {
    expect(perform('poll', { refusal: FULL, pollsMoveTime: true })).toEqual(['unsaved the disk is full']);
  });
});
