import type { Account, JsonObject } from '../../core/types.ts';
import type { Endpoint } from '../../engine/endpoint-fold.ts';
import { viewEndpoint } from '../../engine/endpoints.ts';
import type { CallContext, RequestParts } from '../../packs/pack.ts';
import type { EndpointView, WebhookOperation, Webhooks } from '../../packs/webhooks.ts';
import { afterwards } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers calls about registered endpoints. */
export type WebhookCalls = (
  call: OperationCall,
  operation: WebhookOperation,
  account: Account,
  context: CallContext,
) => void;

export function createWebhookCalls({ engine, answers, refusals, afterSaving }: OperationTools): WebhookCalls {
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

  function create(
    call: OperationCall,
    webhooks: Webhooks,
    account: Account,
    body: JsonObject,
  ): Endpoint | null {
    const url = webhooks.urlOf(body);
    if (typeof url !== 'string' || !/^https?:\/\//i.test(url) || !URL.canParse(url)) {
      refusals.refuse(call, 'invalid', 'The URL of an endpoint must be an absolute http or https URL.');
      return null;
    }
    const endpoint = endpoints.create(call.pack, webhooks, account, body);
    if (endpoint === null) refusals.refuse(call, 'invalid', 'This account has too many endpoints.');
    return endpoint;
  }

  /** Performs a change, and returns the endpoint after it. */
  function perform(
    { action }: WebhookOperation,
    endpoint: Endpoint,
    webhooks: Webhooks,
    { body }: RequestParts,
  ): Endpoint {
    if (action === 'update') return endpoints.update(endpoint, webhooks, bodyOf(body));
    if (action === 'rotate') return endpoints.rotate(endpoint);
    if (action === 'delete') endpoints.delete(endpoint);
    return endpoint;
  }

  function onEndpoint(
    call: OperationCall,
    operation: WebhookOperation,
    webhooks: Webhooks,
    { account, context }: { readonly account: Account; readonly context: CallContext },
  ): void {
    const { request } = context;
    const id = String(operation.endpointIdOf(request) ?? '');
    const found = endpoints.find(call.pack, account, id);
    if (found === undefined) return refusals.refuse(call, 'unknownTask', `${id} is not a known endpoint`);
    const view = viewEndpoint(perform(operation, found, webhooks, request), webhooks);
    const answer = (): void => afterSaving(call, () => send(call, operation, context, view));
    if (operation.action !== 'ping') return answer();
    const body = webhooks.ping?.({ ...context, endpoint: view }) ?? '{}';
    afterwards(call, engine.ping(call.pack, found, body), answer);
  }

  return (call, operation, account, context) => {
    const { webhooks } = call.pack;
    if (webhooks === null) throw new Error(`pack "${call.pack.name}" has no webhooks`);
    if (operation.action === 'list') {
      const views = endpoints.of(call.pack, account).map((one) => viewEndpoint(one, webhooks));
      return answers.send(call, { status: operation.status, body: operation.list(context, views) }, null);
    }
    if (operation.action !== 'create') return onEndpoint(call, operation, webhooks, { account, context });
    const made = create(call, webhooks, account, bodyOf(context.request.body));
    if (made === null) return;
    afterSaving(call, () => send(call, operation, context, viewEndpoint(made, webhooks)));
  };
}

function bodyOf(body: unknown): JsonObject {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as JsonObject) : {};
}
