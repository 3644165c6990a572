import type { JournalEntry, Pack } from '../../mock-server/index.ts';

type Operation = Pack['operations'][number];
type Submitted = Extract<JournalEntry, { readonly type: 'task.submitted' }>;
type Answered = Extract<JournalEntry, { readonly type: 'request.answered' }>;
type Served = Extract<JournalEntry, { readonly type: 'media.served' }>;
type Ended = Extract<JournalEntry, { readonly type: 'attempt.ended' }>;
type Plan = Submitted['plan'];

/** Something that happened, in the client's own time. */
interface Happening {
  readonly seq: number;
  /** Milliseconds of the client's time, `timeScale` included. */
  readonly atMs: number;
}

/** A call to the vendor's API. */
export interface ApiCall extends Happening {
  readonly entry: Answered;
  readonly operation: Operation | null;
  /** The request's body as JSON; undefined when it is none. */
  readonly body: unknown;
  /** The answer as JSON; undefined when it is none. */
  readonly answer: unknown;
  /** The task that a poll names, whether there is such a task or not; null when it names none. */
  readonly askedId: string | null;
}

/** A POST of a callback, as it ended. */
export interface CallbackTry extends Happening {
  readonly entry: Ended;
  readonly isAcknowledged: boolean;
}

export interface Download extends Happening {
  readonly entry: Served;
}

export interface TaskLife extends Happening {
  readonly id: string;
  readonly plan: Plan;
  /** When it came to its end; null while it has not. */
  readonly endedAtMs: number | null;
  /** From here on its media were gone; null when they are not. */
  readonly expiredSeq: number | null;
}

/** How the command, or the function, that was judged came to its end. */
export interface RunFacts {
  /** 0 when all went well; null when it had to be ended. */
  readonly exitCode: number | null;
  /** What it printed, or the message it failed with. */
  readonly output: string;
  /** What it was asked to make a video of. */
  readonly prompt: string;
  /** Which key it was given. */
  readonly key: string;
  /** The callback URL it was told to use; null when it was told none. */
  readonly callbackUrl: string | null;
  /** The time zone it ran in. */
  readonly timeZone: string | null;
}

/** Settings that rules depend on. */
export interface Measures {
  /** How much faster than the vendor's the client's own timers run. */
  readonly timeScale: number;
  /** `wall` time times the scale, or the `service` time of a virtual clock. */
  readonly time: 'wall' | 'service';
  /** How long a client may go on asking for what never comes; milliseconds of its time. */
  readonly giveUpWithinMs: number;
  readonly downloadWithinMs: number | null;
  /** How many tasks may be open at once; null when nobody said. */
  readonly concurrency: number | null;
}

/** All that a rule may look at. */
export interface Evidence extends Measures {
  readonly pack: Pack;
  readonly calls: readonly ApiCall[];
  readonly tasks: readonly TaskLife[];
  readonly tries: readonly CallbackTry[];
  readonly downloads: readonly Download[];
  /** When the journal ends. */
  readonly endsAtMs: number;
  /** Null when a journal is judged while the client goes on. */
  readonly run: RunFacts | null;
}

export interface EvidenceOptions extends Measures {
  readonly entries: readonly JournalEntry[];
  readonly pack: Pack;
  readonly run: RunFacts | null;
  /** When the run ended, ISO 8601; the last entry when left out. */
  readonly endedAt?: string;
}

export function gatherEvidence(options: EvidenceOptions): Evidence {
  const { entries, pack, run, endedAt, ...measures } = options;
  const first = Date.parse((entries[0] ?? { wallAt: '' }).wallAt);
  const timeOf = ({ at, wallAt }: Pick<JournalEntry, 'at' | 'wallAt'>): number =>
    measures.time === 'service'
      ? Date.parse(at) - Date.parse(entries[0]?.at ?? at)
      : (Date.parse(wallAt) - first) * measures.timeScale;
  const happening = ({ seq, at, wallAt }: JournalEntry): Happening => ({
    seq,
    atMs: timeOf({ at, wallAt }),
  });
  // In a run of its own every call is the client's, also those that no vendor can be found for.
  const isStray = (entry: JournalEntry): boolean =>
    run !== null && entry.type === 'request.answered' && entry.route === 'unknown';
  const ofPack = entries.filter((entry) => !('pack' in entry) || entry.pack === pack.name || isStray(entry));
  const pick = <Type extends JournalEntry['type']>(type: Type) =>
    ofPack.filter((entry): entry is Extract<JournalEntry, { readonly type: Type }> => entry.type === type);
  const last = entries.at(-1);
  const endsAtMs = last === undefined ? 0 : timeOf(last);
  return {
    ...measures,
    pack,
    run,
    // A browser asks before it calls; that is no call of the client's.
    calls: pick('request.answered')
      .filter(({ route }) => route !== 'preflight')
      .map((entry) => readCall({ ...happening(entry), entry }, pack)),
    tasks: pick('task.submitted')
      .filter(({ plan }) => plan.pack === pack.name)
      .map((entry) => ({ ...happening(entry), ...lifeOf(entry, ofPack, timeOf) })),
    tries: pick('attempt.ended').map((entry) => ({
      ...happening(entry),
      entry,
      isAcknowledged: entry.attempt.outcome === 'acknowledged',
    })),
    downloads: pick('media.served').map((entry) => ({ ...happening(entry), entry })),
    endsAtMs:
      endedAt === undefined || measures.time === 'service'
        ? endsAtMs
        : Math.max(endsAtMs, (Date.parse(endedAt) - first) * measures.timeScale),
  };
}

function lifeOf(
  { taskId, plan: first }: Submitted,
  entries: readonly JournalEntry[],
  timeOf: (entry: JournalEntry) => number,
): Omit<TaskLife, 'seq' | 'atMs'> {
  let plan = first;
  let endedAtMs: number | null = null;
  let expiredSeq: number | null = null;
  for (const entry of entries) {
    if (!('taskId' in entry) || entry.taskId !== taskId) continue;
    if (entry.type === 'task.amended') plan = entry.plan;
    if (entry.type === 'task.changed' && entry.index === plan.steps.length - 1) endedAtMs = timeOf(entry);
    if (entry.type === 'task.expired') expiredSeq = entry.seq;
  }
  return { id: taskId, plan, endedAtMs, expiredSeq };
}

function readCall(call: Happening & { readonly entry: Answered }, pack: Pack): ApiCall {
  const { entry } = call;
  const operation = pack.operations.find(({ id }) => id === entry.operation) ?? null;
  const body = readJson(entry.requestBody);
  return {
    ...call,
    operation,
    body,
    answer: readJson(entry.answer),
    askedId: operation?.type === 'poll' ? askedId(operation, entry, body) : null,
  };
}

function askedId(
  operation: Extract<Operation, { readonly type: 'poll' }>,
  { url, headers }: Answered,
  body: unknown,
): string | null {
  const { searchParams } = new URL(url, 'http://mock');
  const asked = operation.taskIdOf({
    query: (name) => searchParams.get(name) ?? undefined,
    header: (name) => [headers[name.toLowerCase()]].flat()[0],
    pathParams: pathParams(operation.path, url),
    body,
  });
  return typeof asked === 'string' ? asked : null;
}

/** What stands in a path where the document's has parameters; the pack may be mounted below a prefix. */
export function pathParams(template: string, url: string): Record<string, string> {
  const { pathname } = new URL(url, 'http://mock');
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const shape = template.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^$()[\]\\|]/g, '\\$&'));
  const values = new RegExp(`${shape.join('([^/]+)')}$`).exec(pathname)?.slice(1) ?? [];
  return Object.fromEntries(names.map((name, index) => [name, safelyDecoded(values[index] ?? '')]));
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
