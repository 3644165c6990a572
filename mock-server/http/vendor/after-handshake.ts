import type { Plan } from '../../core/types.ts';
import type { Engine } from '../../engine/engine.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import type { Pack } from '../../packs/pack.ts';
import { afterwards } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { VendorAnswers } from './vendor-answers.ts';

/** Answers a submission when its callback URLs have answered their handshakes, and refuses it when they have not. */
export type AfterHandshake = (call: OperationCall, task: TaskRecord, answer: () => void) => void;

type Parts = Pick<Engine, 'handshakesSettled' | 'tasks' | 'withdraw'>;

export function createAfterHandshake(engine: Parts, send: VendorAnswers['send']): AfterHandshake {
  return (call, task, answer) =>
    afterwards(call, engine.handshakesSettled(task), (isGood) => {
      if (isGood) return answer();
      // A reset in the meantime has removed it already.
      if (engine.tasks.get(task.plan.taskId) === task) engine.withdraw(task);
      const why = 'The callback URL did not answer the handshake.';
      send(call, call.pack.errors.forRole('invalid', why), null);
    });
}

/** Returns whether the answer of a submission waits for the handshakes of its task. */
export function isOnTrial({ handshake }: Pack, { callbacks }: Pick<Plan, 'callbacks'>): boolean {
  return handshake?.whenFailed === 'refuse' && callbacks.some(({ kind }) => kind === 'handshake');
}
