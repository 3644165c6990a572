import { PLAIN_SINK, type SinkSettings, sinkUrl } from './sink-settings.ts';

/** A demonstration: one submission with a scenario, and a receiver that answers in a certain way. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly shows: string;
  /** What to watch in the console. */
  readonly watch: string;
  /** The scenario by its name, or by the class of the failure and a word of its summary, because names differ by pack. */
  readonly scenario: string | { readonly failure: string; readonly about: string };
  readonly sink: SinkSettings;
  /** Whether it is about the callback; other scenes work without one. */
  readonly needsCallback: boolean;
}

/** Longer than any receiver may take to answer. */
const TOO_LATE = '10m';

export const SCENES: readonly Scene[] = [
  {
    name: 'success',
    title: 'Success',
    shows: 'The task moves through its states, and one callback delivers the result.',
    watch: 'The callback is acknowledged at the first attempt.',
    scenario: 'success',
    sink: PLAIN_SINK,
    needsCallback: false,
  },
  {
    name: 'errors',
    title: '500, 500, 200',
    shows: 'The receiver answers 500 twice, so the same bytes are sent again after a delay.',
    watch: 'Attempts 1 and 2 are rejected, attempt 3 is acknowledged.',
    scenario: 'success',
    sink: { ...PLAIN_SINK, failures: 2 },
    needsCallback: true,
  },
  {
    name: 'timeout',
    title: 'Timeout',
    shows: 'The receiver does not answer the first attempt in time, so the callback is sent again.',
    watch: 'Attempt 1 stays in flight until it times out, attempt 2 is acknowledged.',
    scenario: 'success',
    sink: { ...PLAIN_SINK, delay: TOO_LATE, delayed: 1 },
    needsCallback: true,
  },
  {
    name: 'no-answer',
    title: 'Never answers',
    shows: 'The receiver never answers, so the callback is abandoned after the last attempt.',
    watch: 'Each attempt times out, and the delivery ends as abandoned.',
    scenario: 'success',
    sink: { ...PLAIN_SINK, delay: TOO_LATE },
    needsCallback: true,
  },
  {
    name: 'duplicate',
    title: 'Duplicate',
    shows: 'The callback is sent again although it was acknowledged. Process it only once.',
    watch: 'The second delivery has the same bytes as the first one.',
    scenario: 'callback.duplicate',
    sink: PLAIN_SINK,
    needsCallback: true,
  },
  {
    name: 'lost-acknowledgement',
    title: 'Lost acknowledgement',
    shows: 'The receiver answers 200, but the answer is lost, so the callback is sent again.',
    watch: 'Attempt 1 times out although the receiver answered, attempt 2 is acknowledged.',
    scenario: 'callback.lost-ack',
    sink: PLAIN_SINK,
    needsCallback: true,
  },
  {
    name: 'moderation',
    title: 'Moderation',
    shows: 'Moderation rejects the prompt: the task fails, and the result has a reason instead of media.',
    watch: 'The task ends with a failure, which its callback reports.',
    scenario: { failure: 'moderation', about: 'prompt' },
    sink: PLAIN_SINK,
    needsCallback: false,
  },
  {
    name: 'expired-media',
    title: 'Expired media',
    shows: 'The task succeeds, but its media has expired before it can be downloaded.',
    watch: 'Downloads are answered with 410.',
    scenario: 'media.expired',
    sink: PLAIN_SINK,
    needsCallback: false,
  },
];

/** What a scene must know about an operation, as the admin API describes it. */
export interface SceneOperation {
  readonly does: string;
  readonly method: string;
  readonly path: string;
  readonly request: unknown;
  readonly example: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly callbackUrlAt: string | null;
  readonly callbackUrlIn: string | null;
}

/** What a scene must know about a pack, as the admin API describes it. */
export interface ScenePack<Operation extends SceneOperation = SceneOperation> {
  readonly name: string;
  readonly bases: readonly string[];
  /** Where requests have their key, such as `Authorization: Bearer KEY`. */
  readonly key: string;
  readonly operations: readonly Operation[];
  readonly scenarios: readonly {
    readonly name: string;
    readonly summary: string;
    readonly failureClass: string | null;
  }[];
}

/** An HTTP request of a client. */
export interface ClientCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request that starts a scene, or why the scene cannot run with the pack. */
export type StagedScene =
  | { readonly call: ClientCall; readonly scenario: string }
  | { readonly call: null; readonly reason: string };

/** Returns whether a pack can run any scene, so that a page can choose one. */
export function canCallBack(pack: ScenePack): boolean {
  return operationFor(pack, true) !== null;
}

/** Returns the request that starts a scene at a mock. */
export function stageScene(scene: Scene, pack: ScenePack, origin: string, key: string): StagedScene {
  const operation = operationFor(pack, scene.needsCallback);
  if (operation === null) {
    const lacks = scene.needsCallback ? 'does not have callbacks' : 'does not have an operation to submit';
    return { call: null, reason: `${pack.name} ${lacks}` };
  }
  const scenario = scenarioFor(scene, pack);
  if (scenario === null) {
    const wanted = typeof scene.scenario === 'string' ? scene.scenario : `${scene.scenario.failure} failure`;
    return { call: null, reason: `${pack.name} does not document a ${wanted}` };
  }
  const values = { body: exampleOf(operation), scenario, key, callbackUrl: sinkUrl(origin, scene.sink) };
  return { call: submissionOf(pack, operation, origin, values), scenario };
}

export interface SubmissionValues {
  readonly body: object;
  readonly scenario: string;
  readonly key: string;
  /** Null if the body has it, or for none. */
  readonly callbackUrl: string | null;
  /** The parameters of the path; `any` for missing ones. */
  readonly parameters?: ReadonlyMap<string, string>;
}

/** Returns a request that submits a task as a client of the vendor does. */
export function submissionOf(
  pack: Pick<ScenePack, 'bases' | 'key'>,
  operation: SceneOperation,
  origin: string,
  { body, scenario, key, callbackUrl, parameters }: SubmissionValues,
): ClientCall {
  const path = operation.path.replace(/\{\+?(\w+)\}/g, (_all, name: string) =>
    encodeURIComponent(parameters?.get(name) ?? 'any'),
  );
  const { callbackUrlAt, callbackUrlIn } = operation;
  const query = new URLSearchParams();
  if (callbackUrl !== null && callbackUrlIn !== null) query.set(callbackUrlIn, callbackUrl);
  const headers = new Map<string, string>();
  const [, header, text] = /^([\w-]+): (.*)$/.exec(pack.key) ?? [];
  if (header !== undefined && text !== undefined) headers.set(header.toLowerCase(), text.replace('KEY', key));
  const [, parameter] = /^\?([^=]+)=/.exec(pack.key) ?? [];
  if (parameter !== undefined) query.set(parameter, key);
  headers.set('content-type', 'application/json');
  for (const [name, value] of Object.entries(operation.headers)) headers.set(name, value);
  if (scenario !== 'success') headers.set('x-mock-scenario', scenario);
  const sent =
    callbackUrl === null || callbackUrlAt === null ? body : withValue(body, callbackUrlAt, callbackUrl);
  return {
    method: operation.method,
    url: `${origin}${pack.bases[0] ?? ''}${path}${query.size === 0 ? '' : `?${query}`}`,
    headers: Object.fromEntries(headers),
    body: JSON.stringify(sent),
  };
}

/** Returns the first operation that submits a task, if possible with a callback. */
function operationFor(pack: ScenePack, needsCallback: boolean): SceneOperation | null {
  // Calls without a body continue a task by its id.
  const all = pack.operations.filter(({ does, request }) => does === 'submit' && request !== null);
  const calling = all.find((one) => one.callbackUrlAt !== null || one.callbackUrlIn !== null);
  return calling ?? (needsCallback ? null : (all[0] ?? null));
}

/** Returns the name of the scenario in a pack; null if the pack does not have it. */
function scenarioFor({ scenario }: Scene, { scenarios }: ScenePack): string | null {
  if (typeof scenario === 'string') return scenarios.find(({ name }) => name === scenario)?.name ?? null;
  const alike = scenarios.filter(({ failureClass }) => failureClass === scenario.failure);
  return (alike.find(({ summary }) => summary.includes(scenario.about)) ?? alike[0])?.name ?? null;
}

function exampleOf({ example }: SceneOperation): object {
  return typeof example === 'object' && example !== null ? example : {};
}

/** Returns a copy of an object with a value at a JSON Pointer. */
function withValue(body: object, pointer: string, value: string): object {
  const [name = '', ...rest] = pointer.slice(1).split('/');
  const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
  const inner: unknown = Object.entries(body).find(([own]) => own === key)?.[1];
  const nested = typeof inner === 'object' && inner !== null ? inner : {};
  const changed = rest.length === 0 ? value : withValue(nested, `/${rest.join('/')}`, value);
  return Object.fromEntries([...Object.entries(body).filter(([own]) => own !== key), [key, changed]]);
}
