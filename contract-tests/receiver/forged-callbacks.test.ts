import { describe, expect, it } from 'vitest';
import { type AttemptResult, loadPacks } from '../../mock-server/index.ts';
import { asOption } from '../name-option.ts';
import { type Forgery, rejectsForgeries } from './forged-callbacks.ts';
import type { CaseContext, Task } from './receiver-case.ts';
import type { Subject } from './subject.ts';

const [PACK] = loadPacks();
const [EVENT] = PACK?.events.values() ?? [];

/** Creates a context whose receiver answers with these statuses in order, without downloads. */
function contextOf(...statuses: readonly number[]): CaseContext {
  const left = [...statuses];
  const subject = {
    ...{ event: EVENT, ackTimeoutMs: 1000, downloads: true, hasProbe: false },
    nameOption: asOption,
  } as Subject;
  const task = async () => ({ taskId: 'task', text: '{}', headers: {} }) as Task;
  const context: Partial<CaseContext> = {
    subject,
    task,
    runningTask: task,
    async send() {
      const status = left.shift() ?? 200;
      const outcome = status < 300 ? 'acknowledged' : 'rejected';
      return { outcome, status, durationMs: 1, detail: null, firstByteMs: 1, answer: '' } as AttemptResult;
    },
    drain: async () => ({ type: 'drained' }),
    downloads: () => [],
  };
  return context as CaseContext;
}

const FORGERIES: readonly Forgery[] = ['one', 'another'].map((what) => ({ what, make: (task) => task }));

const judge = (...statuses: readonly number[]) => rejectsForgeries(contextOf(...statuses), FORGERIES);

describe('forged callbacks', () => {
  it('pass when they are rejected after an acknowledged valid callback', async () => {
    const { ack, effect } = await judge(200, 401, 403);
    expect([ack.status, effect.status]).toEqual(['passed', 'passed']);
  });

  it('are not observable when the valid callback is also rejected', async () => {
    const { ack, effect } = await judge(401, 401, 401);
    expect([ack.status, effect.status]).toEqual(['not-observable', 'not-observable']);
    expect(ack.actual).toContain('RCV-SEC-01');
  });

  it('fail when one is acknowledged, and the verdict names it', async () => {
    const { ack } = await judge(200, 401, 200);
    expect(ack).toMatchObject({ status: 'failed', actual: expect.stringContaining('for another') });
    expect(ack.level).toBeUndefined();
  });

  it('break only a SHOULD when the receiver answers with 5xx', async () => {
    expect((await judge(200, 500, 401)).ack).toMatchObject({ status: 'failed', level: 'should' });
  });

  it('that were accepted are reported before those answered with 5xx', async () => {
    const { ack } = await judge(200, 500, 200);
    expect(ack.actual).toContain('for another');
    expect(ack.level).toBeUndefined();
  });
});
