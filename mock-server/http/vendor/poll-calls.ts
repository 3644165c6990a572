import type { Account, PollFault } from '../../core/types.ts';
import { faultOfPoll } from '../../core/view.ts';
import type { AskedTask, PollResult } from '../../engine/answers.ts';
import { sharedOf } from '../../journal/packed-plan.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import { mediaFileName } from '../../packs/media-values.ts';
import type { PollOperation } from '../../packs/pack.ts';
import type { RequestParts } from '../../packs/request-parts.ts';
import { createMediaLibrary } from '../media/media-library.ts';
import { whenDone } from './after-saving.ts';
import { codeAnswer } from './code-answers.ts';
import { headerScenario, type OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers a poll. */
export type PollCalls = (
  call: OperationCall,
  operation: PollOperation,
  account: Account,
  parts: RequestParts,
) => void;

type FoundTask = Extract<PollResult, { readonly type: 'found' }>;

export function createPollCalls(tools: OperationTools): PollCalls {
  const { engine, commands, journal, answers, refusals, afterSaving } = tools;
  const { send, sendFile, sendHalf, breakOff } = answers;
  const library = createMediaLibrary();

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
    const kind = answer.media === undefined ? undefined : call.pack.media.get(answer.media);
    if (fault === null && kind !== undefined) {
      const served = { file: library.open(kind.file), name: mediaFileName(kind), state };
      return sendFile(call, answer, taskId, served);
    }
    if (fault === null) return send(call, answer, taskId, state);
    if (fault.type === 'code') return send(call, codeAnswer(call.pack, fault.code, call.parts), taskId);
    if (fault.type === 'truncated') return sendHalf(call, answer, taskId);
    breakOff(call, taskId);
  }

  function finish(call: OperationCall, asked: PollFault | null, result: PollResult): void {
    if (result.type === 'unknown') send(call, result.answer, null);
    else answerFound(call, asked ?? result.fault, result);
  }

  /** Reads a task of this replica, and the changes of the others first if it does not have the task. */
  function readShared(call: OperationCall, operation: PollOperation, asked: AskedTask): void {
    const requested = requestedFault(call);
    const { parts } = call;
    const answer = (result: PollResult): void => finish(call, requested, result);
    const read = (): PollResult => engine.poll(call.pack, operation, asked, parts);
    const go = (result: PollResult): void => {
      if (result.task === null || !(engine.pollsMoveTime || hasPollFaults(result.task)))
        return answer(result);
      const names = { pack: call.pack.name, operation: operation.id };
      const counted = commands.run({ type: 'poll', ...names, ...asked, parts });
      whenDone(call, counted, answer, refusals);
    };
    whenDone(
      call,
      commands.current(),
      () => {
        const result = read();
        const late = result.task === null ? commands.caughtUp() : null;
        if (late === null) go(result);
        else whenDone(call, late, () => go(read()), refusals);
      },
      refusals,
    );
  }

  return (call, operation, account, parts) => {
    const taskId = String(operation.taskIdOf(parts) ?? '');
    if (commands.isShared) return readShared(call, operation, { taskId, account });
    const result = engine.poll(call.pack, operation, { taskId, account }, parts);
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
