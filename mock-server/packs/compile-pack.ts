import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import { routeKey } from '../core/path-template.ts';
import { announceEach } from '../core/promise-callbacks.ts';
import type { AckStatus, DeliveryPolicy, KindRules, StepRule } from '../core/types.ts';
import { callTraits } from './call-traits.ts';
import { compileAuth } from './compile-auth.ts';
import { bodyExpression, type CompileContext, compileBodies, durationMs, mapOf } from './compile-context.ts';
import { compileHandshake } from './compile-handshake.ts';
import { compileAliases, compileIdForm, compileTaskId } from './compile-ids.ts';
import { compileOperations } from './compile-operations.ts';
import { compileReach } from './compile-reach.ts';
import { compileUploads } from './compile-uploads.ts';
import { compileWebhooks } from './compile-webhooks.ts';
import { Defect, under } from './defect.ts';
import type { DeliverySource, HandshakeSource, RulesOfDelivery } from './delivery-source.ts';
import { listOperations } from './document.ts';
import { compileErrorAnswers } from './error-answers.ts';
import type { Handshake } from './handshake.ts';
import { statesWithBody } from './kind-by-field.ts';
import type { ClientsSource, EventSource, KindSource, Lifecycle, RateSource } from './lifecycle.ts';
import { compileMediaCount } from './media-count.ts';
import type { Failure, MediaKind, Pack, PackEvent } from './pack.ts';
import { step } from './pointer.ts';
import { compileCallbackHeaders } from './signing/callback-headers.ts';
import { compileSigner } from './signing/signer.ts';
import { compileTemplate, compileTemplateLater } from './template.ts';
import type { ClientRules, NotMocked, RateLimit } from './vendor-rules.ts';

/** Largest request body in bytes, for packs that do not set `bodyLimit`. */
const BODY_LIMIT = 1024 * 1024;

/** Placeholder for packs without callbacks, which do not need delivery rules. */
const NO_DELIVERY: DeliverySource = { ackTimeout: '15s', ackStatus: '200', retries: 0, gaps: ['0s'] };

interface PackPlace {
  readonly dir: string;
  readonly profile: string;
  readonly profiles: readonly string[];
  /** Whether the build has checked the pack, so that its bodies can be compiled on first use. */
  readonly isChecked?: boolean;
}

/** Compiles a profile of a pack. @throws {Defect} for any value that cannot work, before the first request needs it */
export function compilePack(
  lifecycle: Lifecycle,
  document: OpenAPIV3_1.Document,
  { isChecked = false, ...at }: PackPlace,
): Pack {
  const failures = mapOf(
    lifecycle.failures ?? {},
    (slug, failure): Failure => ({
      slug,
      ...failure,
      class: failure.class ?? null,
    }),
  );
  const media = mapOf(
    lifecycle.task.media ?? {},
    (name, source): MediaKind => ({
      name,
      file: source.file,
      idForm: under(`/task/media${step(name)}/id`, () => compileIdForm(source.id)),
      kinds: source.kinds === undefined ? null : new Set(source.kinds),
      lifetimeMs: source.lifetime === undefined ? null : durationMs(source.lifetime),
      readyIn: new Set(source.readyIn),
      ...under(`/task/media${step(name)}`, () => compileMediaCount(source)),
    }),
  );
  const kinds = mapOf(lifecycle.kinds, (name, kind) =>
    under(`/kinds${step(name)}`, () => compileKind(name, kind, lifecycle)),
  );
  const template = isChecked ? compileTemplateLater : compileTemplate;
  const context: CompileContext = { lifecycle, document, failures, media, kinds, template };
  const events = mapOf(lifecycle.events ?? {}, (name) =>
    under(`/events${step(name)}`, () => compileEvent(name, context)),
  );
  const operations = compileOperations(context, events);
  const delivery = lifecycle.delivery ?? NO_DELIVERY;
  const signature = delivery.signature;
  return {
    name: lifecycle.pack,
    title: lifecycle.title,
    ...at,
    documentPath: join(at.dir, lifecycle.document),
    routes: operations.map(({ id, method, path }) => ({ id, method, path })),
    auth: compileAuth(lifecycle, document),
    reach: under('/reach', () => compileReach(lifecycle, document)),
    document,
    kinds,
    operations,
    events,
    failures,
    errors: under('/errors', () => compileErrorAnswers(lifecycle.errors)),
    media,
    aliases: under('/task', () => compileAliases(lifecycle.task)),
    delivery: compileDelivery(delivery),
    callbackHeaders: under('/delivery', () => compileCallbackHeaders(delivery)),
    signer: signature === undefined ? null : under('/delivery/signature', () => compileSigner(signature)),
    handshake: delivery.handshake === undefined ? null : compileHandshakeOf(delivery.handshake),
    uploads: under('/uploads', () => compileUploads(lifecycle.uploads)),
    webhooks: under('/webhooks', () => compileWebhooks(lifecycle.webhooks, context)),
    pages: lifecycle.pages,
    facts: lifecycle.facts,
    rate: under('/limits/rate', () => compileRate(lifecycle.limits?.rate)),
    clients: compileClients(lifecycle.clients),
    notMocked: compileNotMocked(lifecycle.notMocked ?? [], document),
    bodyLimit: lifecycle.bodyLimit ?? BODY_LIMIT,
    traits: callTraits(document),
  };
}

function compileNotMocked(lines: readonly string[], document: OpenAPIV3_1.Document): NotMocked[] {
  if (lines.length === 0) return [];
  const documented = new Set(listOperations(document).map(({ method, path }) => routeKey(method, path)));
  return lines.map((line, index) => {
    const [method = '', path = ''] = line.split(' ');
    if (documented.has(routeKey(method, path))) {
      throw new Defect(
        `"${line}" is an operation of the document; remove it from this list`,
        `/notMocked/${index}`,
      );
    }
    return { method, path };
  });
}

function compileKind(
  name: string,
  source: KindSource,
  { pack, task, timing, limits, failures = {} }: Lifecycle,
): KindRules {
  return {
    pack,
    kind: name,
    ...under('/task/id', () => compileTaskId(task.id), 'lifecycle'),
    steps: source.steps.map((stepSource, index) =>
      under(`/steps/${index}/lasts`, () => compileStep(stepSource)),
    ),
    ends: {
      success: source.ends.success,
      failure: source.ends.failure,
      failures: failureStates(failures),
      abandoned: source.ends.abandoned ?? null,
      canceled: source.ends.canceled ?? null,
    },
    faultStates: {
      unknown: source.faultStates?.unknown ?? null,
      unready: source.faultStates?.unready ?? null,
    },
    visibleAfterMs: durationMs(task.visibleAfter ?? '0s'),
    mediaLifetimeMs: durationMs(task.mediaLifetime),
    notVisibleForMs: durationMs(timing?.notVisibleFor ?? '5s'),
    lateByMs: durationMs(timing?.lateBy ?? '10m'),
    concurrencyFailure: limits?.concurrencyFailure ?? null,
    waitsWithoutEnd: limits?.waitsWithoutEnd ?? false,
  };
}

function failureStates(failures: NonNullable<Lifecycle['failures']>): Record<string, string> {
  const own = Object.entries(failures).flatMap(([slug, { state }]) =>
    state === undefined ? [] : [[slug, state]],
  );
  return Object.fromEntries(own) as Record<string, string>;
}

function compileStep(source: KindSource['steps'][number]): StepRule {
  const [shortest = '', longest = shortest] = source.lasts.split('..');
  const minMs = durationMs(shortest);
  const maxMs = durationMs(longest);
  if (maxMs < minMs) throw new Defect(`"${source.lasts}" is reversed; expected shortest..longest`);
  return {
    state: source.state,
    minMs,
    maxMs,
    waitsForSlot: source.waitsForSlot ?? false,
    holdsSlot: source.holdsSlot ?? false,
  };
}

function compileEvent(name: string, context: CompileContext): PackEvent {
  const source = context.lifecycle.events?.[name];
  if (source === undefined) throw new Defect(`event "${name}" does not exist`);
  const bodies = compileBodies('bodies', source, context);
  return {
    name,
    callback: source.callback ?? null,
    webhook: source.webhook ?? null,
    bodies,
    signals: compileSignals(source),
    wantedBy: source.filter === undefined ? null : bodyExpression(source.filter, '/filter'),
    delivery: under('/delivery', () =>
      compileDelivery({ ...(context.lifecycle.delivery ?? NO_DELIVERY), ...source.delivery }),
    ),
  };
}

/** Returns the signals of each state; by default, each state with a body is announced once. */
function compileSignals(source: EventSource): PackEvent['signals'] {
  const { announces, sentOnce = [] } = source;
  if (announces === undefined) return announceEach(statesWithBody(source));
  return mapOf(announces, (_state, signals) =>
    signals.map((name) => ({ name, retried: !sentOnce.includes(name) })),
  );
}

function compileClients(source: ClientsSource = {}): ClientRules {
  const { pollEvery, pollNeverWithin = '1s', pauseForMaintenance = '30s', downloadWithin = '60s' } = source;
  return {
    pollEveryMs: pollEvery === undefined ? null : durationMs(pollEvery),
    pollNeverWithinMs: durationMs(pollNeverWithin),
    pauseForMaintenanceMs: durationMs(pauseForMaintenance),
    downloadWithinMs: durationMs(downloadWithin),
    promptLength: source.promptLength ?? null,
  };
}

function compileRate(source: RateSource | undefined): RateLimit | null {
  if (source === undefined) return null;
  const { submissions, per, retryAfter = false } = source;
  return { submissions, perMs: durationMs(per), retryAfter };
}

function compileDelivery(source: RulesOfDelivery): DeliveryPolicy {
  return {
    ackTimeoutMs: durationMs(source.ackTimeout),
    ackStatus: windowsOf(source.ackStatus),
    ackBody: source.ackBody ?? null,
    endsRetries: source.endsRetries === undefined ? null : windowsOf(source.endsRetries),
    retries: source.retries,
    retriesFor: source.retriesFor ?? {},
    gapsMs: source.gaps.map(durationMs),
    gapJitter: Number.parseFloat(source.gapJitter ?? '0') / 100,
  };
}

function windowsOf(source: RulesOfDelivery['ackStatus']): AckStatus {
  return typeof source === 'string' ? source : source.join(', ');
}

function compileHandshakeOf(source: HandshakeSource): Handshake {
  return under('/delivery/handshake', () => compileHandshake(source));
}
