import type { Account, JsonObject, Scenario, TaskId } from '../../core/types.ts';
import type { SubmitOutcome } from '../../engine/commands.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { RequestParts, SubmitOperation } from '../../packs/pack.ts';
import { createAfterHandshake, isOnTrial } from './after-handshake.ts';
import { afterwards, whenDone } from './after-saving.ts';
import { requestedRefusal } from './code-answers.ts';
import { headerScenario, type OperationCall, pathParamsOf } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers the submission of a task. */
export type SubmitCalls = (
  call: OperationCall,
  operation: SubmitOperation,
  account: Account,
  parts: RequestParts,
) => void;

export function createSubmitCalls(tools: OperationTools): SubmitCalls {
  const { engine, commands, settings, answers, refusals, afterSaving, originOf } = tools;
  const { send, breakOff } = answers;
  const afterHandshake = createAfterHandshake({ engine, commands, send });

  function answer(
    call: OperationCall,
    scenario: Scenario,
    { taskId, callbacks }: { readonly taskId: TaskId; readonly callbacks: readonly unknown[] },
    whole: Answer,
  ): void {
    if (scenario.submit?.type === 'reset') return breakOff(call, taskId);
    if (scenario.submit?.type === 'slow') {
      // This timer must not keep the process alive.
      setTimeout(() => send(call, whole, taskId), settings.slowAnswerMs).unref();
      return;
    }
    if (scenario.callback === 'before-response' && callbacks.length > 0) {
      return afterwards(call, engine.firstCallback(taskId), () => send(call, whole, taskId));
    }
    send(call, whole, taskId);
  }

  function finish(call: OperationCall, outcome: SubmitOutcome): void {
    if (outcome.type === 'repeated') {
      const { task, answer: about, state } = outcome;
      return send({ ...call, does: 'poll' }, about, task.plan.taskId, state);
    }
    const { scenario } = outcome;
    if (outcome.type === 'faulted') {
      const refusal = requestedRefusal(call.pack, outcome.code, settings.retryAfterS, call.parts);
      return afterSaving(call, () => send(call, refusal, null));
    }
    if (outcome.type === 'refused') return afterSaving(call, () => send(call, outcome.answer, null));
    const { task } = outcome;
    const { plan } = task;
    afterSaving(
      call,
      () =>
        isOnTrial(call.pack, plan)
          ? afterHandshake(call, task, () => answer(call, scenario, plan, outcome.answer))
          : answer(call, scenario, plan, outcome.answer),
      () => void commands.run({ type: 'withdraw', taskId: plan.taskId }),
    );
  }

  return (call, operation, account, parts) => {
    const outcome = commands.run({
      type: 'submit',
      pack: call.pack.name,
      operation: operation.id,
      request: (parts.body ?? {}) as JsonObject,
      pathParams: pathParamsOf(call.match),
      parts: call.parts,
      isCall: true,
      account,
      bodyText: call.bodyText,
      hasOddNumbers: call.hasOddNumbers,
      scenario: headerScenario(call.request) ?? null,
      origin: originOf(call.request, call.match.base),
    });
    whenDone(call, outcome, (done) => finish(call, done), refusals);
  };
}
