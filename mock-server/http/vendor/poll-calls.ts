import type { PollFault } from '../../core/types.ts';
import { faultOfPoll } from '../../core/view.ts';
import type { PollResult } from '../../engine/answers.ts';
import { sharedOf } from '../../journal/packed-plan.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import type { PollOperation, RequestParts } from '../../packs/pack.ts';
import { whenDone } from './after-saving.ts';
import { codeAnswer } from './code-answers.ts';
import { headerScenario, type OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers a poll. */
export type PollCalls = (call: OperationCall, operation: PollOperation, parts: RequestParts) => void;

type FoundTask = Extract<PollResult, { readonly type: 'found' }>;

export function createPollCalls(tools: OperationTools): PollCalls {
  const { engine, commands, journal, answers, refusals, afterSaving } = tools;
  const { send, sendHalf, breakOff } = answers;

  /** Returns the fault that the header of this poll requests; it applies to this answer only. */
  function requestedFault(call: OperationCall): PollFault | null {
    const name = headerScenario(call.request);
    return name === undefined ? null : faultOfPoll(engine.scenarios.parse(call.pack, name).polls, 1);
  }

  function answerFound(
    call: OperationCall,
    fault: PollFault | null,
    { answer, task, state }: FoundTask,
  ): void {
    const { taskId } = task.plan;
    if (fault === null) return send(call, answer, taskId, state);
    if (fault.type === 'code') return send(call, codeAnswer(call.pack, fault.code), taskId);
    if (fault.type === 'truncated') return sendHalf(call, answer, taskId);
    breakOff(call, taskId);
  }

  function finish(call: OperationCall, asked: PollFault | null, result: PollResult): void {
    if (result.type === 'unknown') send(call, result.answer, null);
    else answerFound(call, asked ?? result.fault, result);
  }

  /** Reads a task of this replica, and the changes of the others first if it does not have the task. */
  function readShared(call: OperationCall, operation: PollOperation, taskId: string): void {
    const asked = requestedFault(call);
    const answer = (result: PollResult): void => finish(call, asked, result);
    const read = (): PollResult => engine.poll(call.pack, operation, taskId);
    const go = (result: PollResult): void => {
      if (result.task === null || !(engine.pollsMoveTime || hasPollFaults(result.task)))
        return answer(result);
      const counted = commands.run({ type: 'poll', pack: call.pack.name, operation: operation.id, taskId });
      whenDone(call, counted, answer, refusals);
    };
    whenDone(
      call,
      commands.current() ?? null,
      () => {
        const result = read();
        const late = result.task === null ? commands.caughtUp() : null;
        if (late === null) go(result);
        else whenDone(call, late, () => go(read()), refusals);
      },
      refusals,
    );
  }

  return (call, operation, parts) => {
    const taskId = String(operation.taskIdOf(parts) ?? '');
    if (commands.isShared) return readShared(call, operation, taskId);
    const result = engine.poll(call.pack, operation, taskId);
    const asked = requestedFault(call);
    if (result.task === null || !engine.pollsMoveTime) return finish(call, asked, result);
    // With a disk, the step of the clock is written before the answer.
    if (!journal.isKept) {
      finish(call, asked, result);
      return engine.polled(result.task);
    }
    engine.polled(result.task);
    afterSaving(call, () => finish(call, asked, result));
  };
}

function hasPollFaults({ packed }: TaskRecord): boolean {
  return sharedOf(packed).scenario.polls.length > 0;
}
