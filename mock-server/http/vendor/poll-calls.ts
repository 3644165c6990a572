import type { Account, PollFault } from '../../core/types.ts';
import { faultOfPoll } from '../../core/view.ts';
import type { PollResult } from '../../engine/answers.ts';
import { mediaFileName } from '../../packs/media-values.ts';
import type { PollOperation } from '../../packs/pack.ts';
import type { RequestParts } from '../../packs/request-parts.ts';
import { createMediaLibrary } from '../media/media-library.ts';
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

export function createPollCalls({ engine, journal, answers, afterSaving }: OperationTools): PollCalls {
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

  return (call, operation, account, parts) => {
    const taskId = String(operation.taskIdOf(parts) ?? '');
    const result = engine.poll(call.pack, operation, { taskId, account }, parts);
    const asked = requestedFault(call);
    const answer = (): void => {
      if (result.type === 'unknown') send(call, result.answer, null);
      else answerFound(call, asked ?? result.fault, result);
    };
    if (result.task === null || !engine.pollsMoveTime) return answer();
    // With a disk, the step of the clock is written before the answer.
    if (!journal.isKept) {
      answer();
      return engine.polled(result.task);
    }
    engine.polled(result.task);
    afterSaving(call, answer);
  };
}
