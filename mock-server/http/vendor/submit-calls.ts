import type { Account, JsonObject, Scenario, TaskId } from '../../core/types.ts';
import type { SubmitOutcome } from '../../engine/commands.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { SubmitOperation } from '../../packs/pack.ts';
import { afterwards, whenDone } from './after-saving.ts';
import { requestedRefusal } from './code-answers.ts';
import { headerScenario, type OperationCall, pathParamsOf } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers the submission of a task. */
export type SubmitCalls = (
  call: OperationCall,
  operation: SubmitOperation,
  account: Account,
  request: JsonObject,
) => void;

export function createSubmitCalls(tools: OperationTools): SubmitCalls {
  const { engine, commands, settings, answers, refusals, afterSaving, originOf } = tools;
  const { send, breakOff } = answers;

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
    const { scenario } = outcome;
    if (outcome.type === 'faulted') {
      const refusal = requestedRefusal(call.pack, outcome.code, settings.retryAfterS);
      return afterSaving(call, () => send(call, refusal, null));
    }
    if (outcome.type === 'refused') return afterSaving(call, () => send(call, outcome.answer, null));
    const { plan } = outcome.task;
    afterSaving(
      call,
      () => answer(call, scenario, plan, outcome.answer),
      () => void commands.run({ type: 'withdraw', taskId: plan.taskId }),
    );
  }

  return (call, operation, account, request) => {
    const outcome = commands.run({
      type: 'submit',
      pack: call.pack.name,
      operation: operation.id,
      account,
      request,
      pathParams: pathParamsOf(call.match),
      bodyText: call.bodyText,
      hasOddNumbers: call.hasOddNumbers,
      scenario: headerScenario(call.request) ?? null,
      origin: originOf(call.request),
    });
    whenDone(call, outcome, (done) => finish(call, done), refusals);
  };
}
