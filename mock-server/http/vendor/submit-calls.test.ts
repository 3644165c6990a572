import { describe, expect, it } from 'vitest';
import type { Account, Scenario } from '../../core/types.ts';
import { createCommands } from '../../engine/apply-command.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Pack, RequestParts, SubmitOperation } from '../../packs/pack.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';
import { createSubmitCalls } from './submit-calls.ts';

interface Circumstances {
  readonly scenario?: Partial<Scenario>;
  readonly header?: string;
  readonly prompt?: string;
  readonly queued?: string;
  readonly isRefused?: boolean;
  readonly isUnwritable?: boolean;
  readonly callbacks?: number;
}

/** Submits a task, and resolves with what happened in order. */
async function submit(given: Circumstances): Promise<string[]> {
  const {
    scenario = {},
    header,
    prompt = '',
    queued,
    isRefused = false,
    isUnwritable = false,
    callbacks = 1,
  } = given;
  const events: string[] = [];
  const task = { plan: { taskId: 'abc', callbacks: Array(callbacks).fill({}) } };
  const operation = { id: 'make', type: 'submit', promptOf: () => prompt } as unknown as SubmitOperation;
  const pack = {
    name: 'acme',
    operations: [operation],
    rate: null,
    errors: { forCode: (code: string) => ({ status: 200, body: `code ${code}` }), codeOf: () => null },
  } as unknown as Pack;
  const engine = {
    tasks: { get: () => task },
    repeated: () => null,
    scenarios: {
      take: () => queued,
      fallbackFor: () => 'success',
      parse: (_pack: unknown, name: string) => {
        events.push(`scenario ${name}`);
        return { submit: null, callback: null, ...scenario };
      },
    },
    submit: () => ({
      type: isRefused ? 'refused' : 'accepted',
      task,
      answer: { body: isRefused ? 'no' : 'yes' },
    }),
    withdraw: () => events.push('withdrawn'),
    async firstCallback() {
      events.push('callback');
    },
  } as unknown as Engine;
  const tools = {
    engine,
    commands: createCommands({
      engine,
      packs: new Map([['acme', pack]]),
      secrets: { learn: () => undefined },
    }),
    settings: { slowAnswerMs: 0, retryAfterS: null },
    answers: {
      send: (_call: unknown, answer: { body: string }) => events.push(`send ${answer.body}`),
      breakOff: () => events.push('break off'),
    },
    afterSaving: (_call: unknown, answer: () => void, undo?: () => void) =>
      isUnwritable ? undo?.() : answer(),
    originOf: () => 'http://127.0.0.1:9',
  } as unknown as OperationTools;
  const headers = header === undefined ? {} : { 'x-mock-scenario': header };
  const call = { request: { headers }, match: { pathParams: {} }, pack } as unknown as OperationCall;
  const parts = { body: {} } as unknown as RequestParts;
  createSubmitCalls(tools)({ ...call, parts } as OperationCall, operation, 'key' as Account, parts);
  await new Promise((resolve) => setImmediate(resolve));
  return events;
}

describe('a submission', () => {
  it('is answered with the answer of the engine', async () => {
    expect(await submit({})).toEqual(['scenario success', 'send yes']);
    expect(await submit({ isRefused: true })).toEqual(['scenario success', 'send no']);
  });

  it('takes its scenario from the header, the prompt or the queue, in this order', async () => {
    const prompt = 'A lighthouse [[scenario:fail.nsfw]]';
    expect((await submit({ header: 'submit.slow', prompt, queued: 'success' }))[0]).toBe(
      'scenario submit.slow',
    );
    expect((await submit({ prompt, queued: 'success' }))[0]).toBe('scenario fail.nsfw');
    expect((await submit({ queued: 'callback.late' }))[0]).toBe('scenario callback.late');
  });

  it('is refused with the requested code, and creates no task', async () => {
    const scenario = { submit: { type: 'code', code: '429' } } as const;
    expect(await submit({ scenario })).toEqual(['scenario success', 'send code 429']);
  });

  it('is not answered in the scenario submit.reset', async () => {
    expect(await submit({ scenario: { submit: { type: 'reset' } } })).toEqual([
      'scenario success',
      'break off',
    ]);
  });

  it('is withdrawn if it cannot be saved', async () => {
    expect(await submit({ isUnwritable: true })).toEqual(['scenario success', 'withdrawn']);
  });
});

describe('a submission whose callback precedes its answer', () => {
  const scenario = { callback: 'before-response' } as const;

  it('is answered after the first callback', async () => {
    expect(await submit({ scenario })).toEqual(['scenario success', 'callback', 'send yes']);
  });

  it('is answered at once if it asks for no callback', async () => {
    expect(await submit({ scenario, callbacks: 0 })).toEqual(['scenario success', 'send yes']);
  });
});
