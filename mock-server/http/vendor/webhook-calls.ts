import type { Account, JsonObject } from '../../core/types.ts';
import type { EndpointCommand, EndpointOutcome } from '../../engine/commands.ts';
import { viewEndpoint } from '../../engine/endpoints.ts';
import type { CallContext } from '../../packs/pack.ts';
import type { EndpointView, WebhookOperation, Webhooks } from '../../packs/webhooks.ts';
import { afterwards, whenDone } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers calls about registered endpoints. */
export type WebhookCalls = (
  call: OperationCall,
  operation: WebhookOperation,
  account: Account,
  context: CallContext,
) => void;

export function createWebhookCalls(tools: OperationTools): WebhookCalls {
  const { engine, commands, answers, refusals, afterSaving } = tools;
  const { endpoints } = engine;

  function send(
    call: OperationCall,
    operation: WebhookOperation,
    context: CallContext,
    endpoint: EndpointView,
  ) {
    const body = operation.answer?.({ ...context, endpoint }) ?? '';
    answers.send(call, { status: operation.status, body }, null);
  }

  function refuseUnknown(call: OperationCall, id: string): void {
    refusals.refuse(call, 'unknownTask', `${id} is not a known endpoint`);
  }

  function change(
    call: OperationCall,
    operation: WebhookOperation,
    webhooks: Webhooks,
    { action, account, context }: EndpointChange,
  ): void {
    const { request } = context;
    const body = bodyOf(request.body);
    if (action === 'create' && !isUsableUrl(webhooks.urlOf(body))) {
      const why = 'The URL of an endpoint must be an absolute http or https URL.';
      return refusals.refuse(call, 'invalid', why);
    }
    const endpointId = action === 'create' ? '' : String(operation.endpointIdOf(request) ?? '');
    const asked = { pack: call.pack.name, account, endpointId, body };
    const answer = (outcome: EndpointOutcome): void => {
      if (outcome.type === 'unknown') return refuseUnknown(call, endpointId);
      if (outcome.type === 'full')
        return refusals.refuse(call, 'invalid', 'This account has too many endpoints.');
      const view = viewEndpoint(outcome.endpoint, webhooks);
      afterSaving(call, () => send(call, operation, context, view));
    };
    whenDone(call, commands.run({ type: 'endpoint', action, ...asked }), answer, refusals);
  }

  /** Answers a call that changes nothing. */
  function read(
    call: OperationCall,
    operation: WebhookOperation,
    webhooks: Webhooks,
    { account, context }: Omit<EndpointChange, 'action'>,
  ): void {
    if (operation.action === 'list') {
      const views = endpoints.of(call.pack, account).map((one) => viewEndpoint(one, webhooks));
      return answers.send(call, { status: operation.status, body: operation.list(context, views) }, null);
    }
    const id = String(operation.endpointIdOf(context.request) ?? '');
    const found = endpoints.find(call.pack, account, id);
    if (found === undefined) return refuseUnknown(call, id);
    const view = viewEndpoint(found, webhooks);
    const answer = (): void => afterSaving(call, () => send(call, operation, context, view));
    if (operation.action !== 'ping') return answer();
    const body = webhooks.ping?.({ ...context, endpoint: view }) ?? '{}';
    afterwards(call, engine.ping(call.pack, found, body), answer);
  }

  return (call, operation, account, context) => {
    const { webhooks } = call.pack;
    if (webhooks === null) throw new Error(`pack "${call.pack.name}" has no webhooks`);
    const { action } = operation;
    if (isChange(action)) return change(call, operation, webhooks, { action, account, context });
    whenDone(
      call,
      commands.caughtUp(),
      () => read(call, operation, webhooks, { account, context }),
      refusals,
    );
  };
}

interface EndpointChange {
  readonly action: EndpointCommand['action'];
  readonly account: Account;
  readonly context: CallContext;
}

function isChange(action: WebhookOperation['action']): action is EndpointCommand['action'] {
  return action === 'create' || action === 'update' || action === 'rotate' || action === 'delete';
}

function isUsableUrl(url: unknown): boolean {
  return typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url);
}

function bodyOf(body: unknown): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : {};
}
