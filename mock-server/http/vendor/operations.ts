import type { Account } from '../../core/types.ts';
import type {
  AnswerOperation,
  CallContext,
  CancelOperation,
  DeleteOperation,
  ListOperation,
  Operation,
} from '../../packs/pack.ts';
import type { RequestParts } from '../../packs/request-parts.ts';
import { signingSecretOf } from '../../packs/signing/signing-secret.ts';
import { renderSole } from '../../packs/state-answer.ts';
import { whenDone } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';
import { createPollCalls } from './poll-calls.ts';
import { createSubmitCalls } from './submit-calls.ts';
import { createUploadCalls } from './upload-calls.ts';
import { createWebhookCalls } from './webhook-calls.ts';

/** Performs a valid call of an operation, and answers it. */
export type Operations = (
  call: OperationCall,
  operation: Operation,
  account: Account,
  parts: RequestParts,
) => void;

export function createOperations(tools: OperationTools): Operations {
  const { engine, commands, refusals, afterSaving, originOf } = tools;
  const { send } = tools.answers;
  const submit = createSubmitCalls(tools);
  const poll = createPollCalls(tools);
  const webhook = createWebhookCalls(tools);
  const upload = createUploadCalls(tools);
  const contextOf = createContextOf(tools);

  function end(
    call: OperationCall,
    operation: CancelOperation | DeleteOperation,
    account: Account,
    parts: RequestParts,
  ): void {
    const ended = commands.run({
      type: operation.type,
      pack: call.pack.name,
      operation: operation.id,
      taskId: String(operation.taskIdOf(parts) ?? ''),
      account,
      parts: call.parts,
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
    const url = originOf(call.request) + (call.request.url ?? '');
    const answerAll = (): void => {
      const page = engine.list(call.pack, operation, account, { request, url });
      send(call, renderSole(operation, { ...context, page }), null);
    };
    whenDone(call, commands.caughtUp(), answerAll, refusals);
  }

  function answer(call: OperationCall, operation: AnswerOperation, request: RequestParts): void {
    const context = contextOf(call, request);
    if (operation.needsSecret && context.secret === null) {
      return refusals.refuse(call, 'unknownTask', 'callbacks are not signed; start the mock with --secret');
    }
    send(call, renderSole(operation, context), null);
  }

  return (call, operation, account, parts) => {
    switch (operation.type) {
      case 'submit':
        return submit(call, operation, account, parts);
      case 'poll':
        return poll(call, operation, account, parts);
      case 'cancel':
      case 'delete':
        return end(call, operation, account, parts);
      case 'list':
        return list(call, operation, account, parts);
      case 'webhook':
        return webhook(call, operation, account, contextOf(call, parts));
      case 'upload':
        return upload(call, operation, account, contextOf(call, parts));
      case 'answer':
        return answer(call, operation, parts);
    }
  };
}

function createContextOf({ settings, originOf }: OperationTools) {
  return (call: OperationCall, request: RequestParts): CallContext => {
    const secret = signingSecretOf(call.pack, settings);
    return { request, origin: originOf(call.request, call.match.base), secret };
  };
}
