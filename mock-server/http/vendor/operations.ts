import type { Account, JsonObject } from '../../core/types.ts';
import type {
  AnswerOperation,
  CallContext,
  CancelOperation,
  DeleteOperation,
  ListOperation,
  Operation,
  RequestParts,
} from '../../packs/pack.ts';
import { whenDone } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';
import { createPollCalls } from './poll-calls.ts';
import { createSubmitCalls } from './submit-calls.ts';

/** Performs a valid call of an operation, and answers it. */
export type Operations = (
  call: OperationCall,
  operation: Operation,
  account: Account,
  parts: RequestParts,
) => void;

export function createOperations(tools: OperationTools): Operations {
  const { engine, commands, settings, refusals, afterSaving, originOf } = tools;
  const { send } = tools.answers;
  const submit = createSubmitCalls(tools);
  const poll = createPollCalls(tools);

  function end(call: OperationCall, operation: CancelOperation | DeleteOperation, parts: RequestParts): void {
    const taskId = String(operation.taskIdOf(parts) ?? '');
    const ended = commands.run({
      type: operation.type,
      pack: call.pack.name,
      operation: operation.id,
      taskId,
    });
    whenDone(
      call,
      ended,
      (result) => afterSaving(call, () => send(call, result.answer, result.taskId)),
      refusals,
    );
  }

  function list(
    call: OperationCall,
    operation: ListOperation,
    account: Account,
    request: RequestParts,
  ): void {
    const context = contextOf(call, request);
    const url = context.origin + (call.request.url ?? '');
    const page = engine.list(call.pack, operation, account, { request, url });
    send(call, { status: 200, body: operation.answer({ ...context, page }) }, null);
  }

  function answer(call: OperationCall, operation: AnswerOperation, request: RequestParts): void {
    if (operation.needsSecret && settings.secret === null) {
      return refusals.refuse(call, 'unknownTask', 'callbacks are not signed; start the mock with --secret');
    }
    send(call, { status: operation.status, body: operation.answer(contextOf(call, request)) }, null);
  }

  function contextOf(call: OperationCall, request: RequestParts): CallContext {
    return { request, origin: originOf(call.request), secret: settings.secret };
  }

  return (call, operation, account, parts) => {
    switch (operation.type) {
      case 'submit':
        return submit(call, operation, account, (parts.body ?? {}) as JsonObject);
      case 'poll':
        return poll(call, operation, parts);
      case 'cancel':
      case 'delete':
        return end(call, operation, parts);
      case 'list':
        return list(call, operation, account, parts);
      case 'answer':
        return answer(call, operation, parts);
    }
  };
}
