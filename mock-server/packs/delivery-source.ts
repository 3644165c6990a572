import type { Json } from '../core/types.ts';
import type { IdSource } from './id-source.ts';

export interface RulesOfDelivery {
  readonly ackTimeout: string;
  /** A window of statuses, or several. */
  readonly ackStatus: string | readonly string[];
  /** The exact body of an acknowledgement. */
  readonly ackBody?: string;
  /** Statuses of answers that are not retried. */
  readonly endsRetries?: string | readonly string[];
  readonly retries: number;
  /** Retries of callbacks about these states. */
  readonly retriesFor?: Readonly<Record<string, number>>;
  readonly gaps: readonly string[];
  /** Share by which gaps vary, such as `10%`. */
  readonly gapJitter?: string;
}

export interface HandshakeSource {
  readonly body: Json;
  /** Fields that the answer must have. */
  readonly expect: Json;
  readonly within: string;
  readonly whenFailed: 'no-callbacks' | 'refuse';
}

export interface DeliverySource extends RulesOfDelivery {
  readonly handshake?: HandshakeSource;
  /** Headers of every callback, in addition to those of the signature. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly clientHeader?: ClientHeaderSource;
  readonly signature?: SignatureSource;
}

/** A header whose name and value the client chooses in its request. */
export interface ClientHeaderSource {
  readonly name: string;
  readonly value: string;
}

export interface SignatureSource {
  readonly algorithm: 'hmac-sha256' | 'hmac-sha512' | 'ed25519' | 'rs256-jwt';
  /** Form of the secret; only for HMAC. */
  readonly key?: 'utf8' | 'base64-after-prefix';
  readonly encoding?: 'base64' | 'base64url' | 'hex';
  /** Signed text; a JWT has claims instead. */
  readonly payload?: string;
  readonly claims?: { readonly [name: string]: Json };
  /** Time from `$signature.timestamp` to `$signature.expires` (default: 5m). */
  readonly lifetime?: string;
  /** Whether callbacks are signed even if no secret is configured. */
  readonly always?: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** How clients register endpoints, which then receive events of all their tasks. */
export interface WebhooksSource {
  readonly url: string;
  /** Names of the signals in the request; all by default. */
  readonly events?: string;
  readonly id: IdSource;
  readonly secret?: { readonly prefix?: string };
  readonly status?: {
    /** Expression of the status that an update sets. */
    readonly at?: string;
    readonly enabled?: string;
    readonly disabled?: string;
    /** Status after too many abandoned deliveries. */
    readonly failing?: string;
  };
  /** Number of consecutive abandoned deliveries. */
  readonly disableAfter?: number;
  /** Body that a ping sends. */
  readonly ping?: Json;
}

export type WebhookAction = 'create' | 'list' | 'get' | 'update' | 'delete' | 'ping' | 'rotate';

/** An operation about registered endpoints. */
export interface WebhookSource {
  readonly does: `webhook-${WebhookAction}`;
  /** Expression of the id of an endpoint. */
  readonly endpoint?: string;
  readonly status?: number;
  /** An item of a list. */
  readonly item?: Json;
  readonly answer?: Json;
}
