import type { IdForm, JsonObject } from '../core/types.ts';
import type { CallContext, Route } from './call.ts';
import type { WebhookAction } from './delivery-source.ts';
import type { Evaluate } from './expressions.ts';
import type { RequestParts } from './request-parts.ts';
import type { Template } from './template.ts';

/** `failing`: disabled because too many deliveries were abandoned. */
export type EndpointStatus = 'enabled' | 'disabled' | 'failing';

/** An endpoint as templates see it. */
export interface EndpointView {
  readonly id: string;
  readonly status: EndpointStatus;
  /** The fields of the request that created it, and of later updates. */
  readonly body: JsonObject;
  readonly secret: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Values for the templates of answers about an endpoint. */
export interface EndpointContext extends CallContext {
  readonly endpoint: EndpointView;
}

/** The registered endpoints of a pack. */
export interface Webhooks {
  readonly urlOf: Evaluate<JsonObject>;
  /** Reads the names of the signals; null when all are sent. */
  readonly eventsOf: Evaluate<JsonObject> | null;
  readonly idForm: IdForm;
  /** Beginning of the secrets; null when endpoints have none. */
  readonly secretPrefix: string | null;
  /** Reads the status that an update sets; null when it sets none. */
  readonly statusOf: Evaluate<JsonObject> | null;
  /** The vendor's words. */
  readonly words: Readonly<Record<EndpointStatus, string>>;
  /** Number of consecutive abandoned deliveries after which an endpoint is disabled; null for never. */
  readonly disableAfter: number | null;
  readonly ping: Template<EndpointContext> | null;
}

/** An operation about registered endpoints. */
export interface WebhookOperation extends Route {
  readonly type: 'webhook';
  /** Whether calls need no key. */
  readonly isPublic: boolean;
  readonly action: WebhookAction;
  readonly endpointIdOf: Evaluate<RequestParts>;
  readonly status: number;
  /** Writes the answer about one endpoint; null for an empty answer. */
  readonly answer: Template<EndpointContext> | null;
  /** Writes the answer with these endpoints. */
  readonly list: (context: CallContext, endpoints: readonly EndpointView[]) => string;
}
