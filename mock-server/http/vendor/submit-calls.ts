import type { Account, JsonObject, Scenario, TaskId } from '../../core/types.ts';
import { REDACTED } from '../../journal/marks.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { RequestParts, SubmitOperation } from '../../packs/pack.ts';
import { chooseScenario } from '../../scenarios/choose-scenario.ts';
import { createAfterHandshake, isOnTrial } from './after-handshake.ts';
import { afterwards } from './after-saving.ts';
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

export function createSubmitCalls({
  engine,
  journal,
  settings,
  answers,
  afterSaving,
  originOf,
}: OperationTools): SubmitCalls {
  const { send, breakOff } = answers;
  const afterHandshake = createAfterHandshake(engine, send);

  function scenarioOf(
    call: OperationCall,
    operation: SubmitOperation,
    account: Account,
    request: JsonObject,
  ): Scenario {
    const name = chooseScenario({
      header: headerScenario(call.request),
      prompt: operation.promptOf(request),
      queued: () => engine.scenarios.take(account, call.pack),
      fallback: engine.scenarios.fallbackFor(call.pack),
    });
    return engine.scenarios.parse(call.pack, name);
  }

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

  return (call, operation, account, parts) => {
    const request = (parts.body ?? {}) as JsonObject;
    const pathParams = pathParamsOf(call.match);
    const asked = { pack: call.pack, operation, request, pathParams, outside: parts };
    const repeated = engine.repeated(asked);
    if (repeated !== null) {
      const { task, answer: about, state } = repeated;
      return send({ ...call, does: 'poll' }, about, task.plan.taskId, state);
    }
    const chosen = call.pack.callbackHeaders?.chosenBy(request) ?? null;
    // The value must be redactable before anything about the request is written to the journal.
    if (chosen !== null) journal.secrets.learn(withoutScheme(chosen.value), REDACTED);
    const scenario = scenarioOf(call, operation, account, request);
    if (scenario.submit?.type === 'code') {
      const refusal = requestedRefusal(call.pack, scenario.submit.code, settings.retryAfterS, call.parts);
      return afterSaving(call, () => send(call, refusal, null));
    }
    const result = engine.submit({
      ...asked,
      account,
      bodyText: call.bodyText,
      hasOddNumbers: call.hasOddNumbers,
      scenario,
      call: call.parts,
      origin: originOf(call.request, call.match.base),
    });
    if (result.type === 'refused') return afterSaving(call, () => send(call, result.answer, null));
    const { plan } = result.task;
    afterSaving(
      call,
      () =>
        isOnTrial(call.pack, plan)
          ? afterHandshake(call, result.task, () => answer(call, scenario, plan, result.answer))
          : answer(call, scenario, plan, result.answer),
      () => engine.withdraw(result.task),
    );
  };
}

/** Returns the key in a value such as `Bearer KEY`. */
function withoutScheme(value: string): string {
  return value.slice(value.indexOf(' ') + 1).trim();
}
