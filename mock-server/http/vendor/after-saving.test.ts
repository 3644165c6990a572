import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../core/coded-error.ts';
import { afterwards, createAfterSaving } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';

const FULL = new CodedError('DATA_UNWRITABLE', 'the disk is full');

function open(durable: () => Promise<void> | null) {
  const events: string[] = [];
  const afterSaving = createAfterSaving(
    { durable },
    { refuseUnsaved: (_call, error) => events.push(`refused: ${error.message}`) },
  );
  const call = { response: {} } as OperationCall;
  afterSaving(
    call,
    () => events.push('answered'),
    () => events.push('undone'),
  );
  return events;
}

describe('the answer to a change', () => {
  it('is sent at once if nothing is pending', () => {
    expect(open(() => null)).toEqual(['answered']);
  });

  it('waits for the disk', async () => {
    let save = (): void => undefined;
    const saved = new Promise<void>((resolve) => {
      save = resolve;
    });
    const events = open(() => saved);
    expect(events).toEqual([]);
    save();
    await saved;
    expect(events).toEqual(['answered']);
  });

  it('is a refusal if the change cannot be saved, after it was undone', async () => {
    const events = open(() => Promise.reject(FULL));
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(['undone', 'refused: the disk is full']);
  });
});

describe('an answer that is delayed', () => {
  it('is a defect if the step before it fails', async () => {
    const written = new Promise<number>((resolve) => {
      const response = {
        headersSent: false,
        setHeader: () => response,
        writeHead(status: number) {
          resolve(status);
          return response;
        },
        end: () => response,
      };
      afterwards(
        { response: response as unknown as ServerResponse },
        Promise.reject(new Error('a defect')),
        () => undefined,
      );
    });
    expect(await written).toBe(500);
  });
});
