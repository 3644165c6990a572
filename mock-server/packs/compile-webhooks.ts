import type { Json } from '../core/types.ts';
import type { CallContext } from './call.ts';
import { isPublic } from './compile-auth.ts';
import { bodyExpression, type CompileContext } from './compile-context.ts';
import { compileIdForm, idInMessages } from './compile-ids.ts';
import { Defect, under } from './defect.ts';
import type { WebhookAction, WebhookSource, WebhooksSource } from './delivery-source.ts';
import type { DocumentOperation } from './document.ts';
import { bodyPointer, compileExpression, fieldsOf, type Language } from './expressions.ts';
import { REQUEST_LANGUAGE } from './request-parts.ts';
import { CALL_LANGUAGE } from './task-language.ts';
import { JsonText, type Template } from './template.ts';
import type { EndpointContext, WebhookOperation, Webhooks } from './webhooks.ts';

/** Values for the templates of lists of endpoints. */
interface EndpointsContext extends CallContext {
  readonly items: JsonText;
  readonly count: number;
}

export function compileWebhooks(
  source: WebhooksSource | undefined,
  context: CompileContext,
): Webhooks | null {
  if (source === undefined) return null;
  const { events, status = {}, ping, disableAfter = null } = source;
  const { enabled = 'enabled', disabled = 'disabled', failing = disabled } = status;
  const words = { enabled, disabled, failing };
  const idForm = under('/id', () => compileIdForm(source.id));
  return {
    urlOf: bodyExpression(source.url, '/url'),
    eventsOf: events === undefined ? null : bodyExpression(events, '/events'),
    idForm,
    secretPrefix: source.secret === undefined ? null : (source.secret.prefix ?? ''),
    statusOf: status.at === undefined ? null : bodyExpression(status.at, '/status/at'),
    words,
    disableAfter,
    ping:
      ping === undefined
        ? null
        : under('/ping', () => context.template(ping, endpointLanguage(words, source))),
  };
}

export function compileWebhookOperation(
  { id, method, path, operation }: DocumentOperation,
  source: WebhookSource,
  context: CompileContext,
): WebhookOperation {
  const { webhooks } = context.lifecycle;
  if (webhooks === undefined) throw new Defect('"webhooks" is required because of this operation', '/does');
  const compiled = under('/webhooks', () => compileWebhooks(webhooks, context), 'lifecycle');
  const words = compiled?.words ?? { enabled: '', disabled: '', failing: '' };
  const language = endpointLanguage(words, webhooks);
  const { does, endpoint, answer, item = null, status = does === 'webhook-create' ? 201 : 200 } = source;
  const action = does.slice('webhook-'.length) as WebhookAction;
  const template = (body: Json, at: string) => under(at, () => context.template(body, language));
  return {
    type: 'webhook',
    id,
    method,
    path,
    isPublic: isPublic(operation),
    action,
    status: answer === undefined && source.status === undefined ? 204 : status,
    endpointIdOf:
      endpoint === undefined
        ? () => undefined
        : under('/endpoint', () => compileExpression(endpoint, REQUEST_LANGUAGE)),
    answer: answer === undefined || action === 'list' ? null : template(answer, '/answer'),
    list: action === 'list' ? compileList(answer ?? null, template(item, '/item'), context) : () => '',
  };
}

function compileList(
  answer: Json,
  item: Template<EndpointContext>,
  context: CompileContext,
): WebhookOperation['list'] {
  const write = under('/answer', () => context.template(answer, ENDPOINTS_LANGUAGE));
  return (call, endpoints) => {
    const items = endpoints.map((endpoint) => item({ ...call, endpoint }));
    return write({ ...call, items: new JsonText(`[${items.join(',')}]`), count: items.length });
  };
}

const ENDPOINTS_LANGUAGE: Language<EndpointsContext> = {
  ...CALL_LANGUAGE,
  roots: {
    ...CALL_LANGUAGE.roots,
    endpoints: fieldsOf({
      items: ({ items }: EndpointsContext) => items,
      count: ({ count }: EndpointsContext) => count,
    }),
  },
};

function endpointLanguage(words: Webhooks['words'], source: WebhooksSource): Language<EndpointContext> {
  const urlOf = bodyExpression(source.url, '/url');
  const eventsOf = source.events === undefined ? () => undefined : bodyExpression(source.events, '/events');
  const idForm = compileIdForm(source.id);
  const fields = fieldsOf<EndpointContext>({
    id: ({ endpoint }) => idInMessages(endpoint.id, idForm),
    url: ({ endpoint }) => urlOf(endpoint.body),
    events: ({ endpoint }) => eventsOf(endpoint.body),
    secret: ({ endpoint }) => endpoint.secret ?? undefined,
    status: ({ endpoint }) => words[endpoint.status],
    createdAt: ({ endpoint }) => endpoint.createdAt,
    updatedAt: ({ endpoint }) => endpoint.updatedAt,
  });
  return {
    ...CALL_LANGUAGE,
    roots: {
      ...CALL_LANGUAGE.roots,
      endpoint(path) {
        const inBody = bodyPointer(path);
        return inBody === null ? fields(path) : ({ endpoint }) => inBody(endpoint.body);
      },
    },
  };
}
