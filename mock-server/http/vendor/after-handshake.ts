import type { Plan } from '../../core/types.ts';
import type { Commands } from '../../engine/commands.ts';
import type { Engine } from '../../engine/engine.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import type { Pack } from '../../packs/pack.ts';
import { afterwards } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { VendorAnswers } from './vendor-answers.ts';

/** Answers a submission when its callback URLs have answered their handshakes, and refuses it when they have not. */
export type AfterHandshake = (call: OperationCall, task: TaskRecord, answer: () => void) => void;

interface Parts {
  readonly engine: Pick<Engine, 'handshakesSettled' | 'tasks'>;
  readonly commands: Pick<Commands, 'run'>;
  readonly send: VendorAnswers['send'];
}

export function createAfterHandshake({ engine, commands, send }: Parts): AfterHandshake {
  return (call, task, answer) =>
    afterwards(call, engine.handshakesSettled(task), (isGood) => {
      if (isGood) return answer();
      // A reset in the meantime has removed it already.
      const { taskId } = task.plan;
      if (engine.tasks.get(taskId) === task) void commands.run({ type: 'withdraw', taskId });
      const why = 'The callback URL did not answer the handshake.';
      send(call, call.pack.errors.forRole('invalid', why), null);
    });
}

/** Returns whether the answer of a submission waits for the handshakes of its task. */
export function isOnTrial({ handshake }: Pack, { callbacks }: Pick<Plan, 'callbacks'>): boolean {
  return handshake?.whenFailed === 'refuse' && callbacks.some(({ kind }) => kind === 'handshake');
}
