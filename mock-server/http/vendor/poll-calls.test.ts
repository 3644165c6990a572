import { describe, expect, it } from 'vitest';
import type { Account, PollFault } from '../../core/types.ts';
import type { PollOperation } from '../../packs/pack.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';
import { createPollCalls } from './poll-calls.ts';

interface Circumstances {
  readonly isKnown?: boolean;
  readonly fault?: PollFault | null;
  /** Fault that the header of the poll requests. */
  readonly asked?: PollFault;
  readonly pollsMoveTime?: boolean;
  readonly isKept?: boolean;
}

const RESET: PollFault = { type: 'reset', times: 1 };

/** Polls a task, and returns what happened in order. */
function poll({
  isKnown = true,
  fault = null,
  asked,
  pollsMoveTime = false,
  isKept = false,
}: Circumstances): string[] {
  const events: string[] = [];
  const task = { plan: { taskId: 'abc' } };
  const found = { type: 'found', task, answer: { body: 'found' }, state: 'success', fault };
  const unknown = { type: 'unknown', task: null, answer: { body: 'unknown' } };
  const tools = {
    engine: {
      pollsMoveTime,
      poll: (_pack: unknown, _operation: unknown, asked: { readonly taskId: string }) => {
        events.push(`poll ${asked.taskId}`);
        return isKnown ? found : unknown;
      },
      polled: () => events.push('time moves'),
      scenarios: { parse: () => ({ polls: asked === undefined ? [] : [asked] }) },
    },
    commands: { isShared: false },
    journal: { isKept },
    answers: {
      send: (_call: unknown, answer: { body: string }) => events.push(`send ${answer.body}`),
      sendHalf: () => events.push('send half'),
      breakOff: () => events.push('break off'),
    },
    afterSaving(_call: unknown, answer: () => void) {
      events.push('saved');
      answer();
    },
  } as unknown as OperationTools;
  const headers = asked === undefined ? {} : { 'x-mock-scenario': 'poll.requested' };
  const pack = { errors: { forCode: (code: string) => ({ status: 200, body: `code ${code}` }) } };
  const call = { request: { headers }, pack } as unknown as OperationCall;
  const parts = { body: undefined, pathParams: {}, query: () => 'abc', header: () => undefined };
  createPollCalls(tools)(
    call,
    { taskIdOf: () => 'abc' } as unknown as PollOperation,
    'key' as Account,
    parts,
  );
  return events;
}

describe('a poll', () => {
  it('is answered with the state of its task', () => {
    expect(poll({})).toEqual(['poll abc', 'send found']);
  });

  it('of an unknown task is answered with the error of the vendor, even if a fault is requested', () => {
    expect(poll({ isKnown: false, asked: RESET })).toEqual(['poll abc', 'send unknown']);
  });

  it.each([
    [{ type: 'code', code: '429', times: 1 }, 'send code 429'],
    [{ type: 'truncated', times: 1 }, 'send half'],
    [{ type: 'reset', times: 1 }, 'break off'],
  ] as const)('has the fault of its task: %j', (fault, expected) => {
    expect(poll({ fault })).toEqual(['poll abc', expected]);
  });

  it('prefers the fault that its header requests', () => {
    expect(poll({ fault: RESET, asked: { type: 'code', code: '500', times: 1 } })).toEqual([
      'poll abc',
      'send code 500',
    ]);
  });
});

describe('a poll that moves time', () => {
  it('is answered first without a disk', () => {
    expect(poll({ pollsMoveTime: true })).toEqual(['poll abc', 'send found', 'time moves']);
  });

  it('is answered after the step of the clock is on disk', () => {
    expect(poll({ pollsMoveTime: true, isKept: true })).toEqual([
      'poll abc',
      'time moves',
      'saved',
      'send found',
    ]);
  });

  it('does not move time for an unknown task', () => {
    expect(poll({ pollsMoveTime: true, isKnown: false })).toEqual(['poll abc', 'send unknown']);
  });
});
