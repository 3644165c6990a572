/**
 * What the page of a task is made of. It describes the parts of the journal that the page shows, because the console
 * has them from the admin API, and a saved page has them from the mock itself. Times in entries are ISO 8601.
 */
export interface AnyEntry {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
}

type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface StoryRequest extends AnyEntry {
  readonly type: 'request.answered';
  readonly does: string | null;
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderValues;
  readonly requestBody: string;
  readonly status: number | null;
  readonly answer: string;
  readonly error: string | null;
  readonly state: string | null;
  readonly durationMs: number;
}

export interface StoryDownload extends AnyEntry {
  readonly type: 'media.served';
  readonly name: string;
  readonly method: string;
  readonly range: string | null;
  readonly hasKey: boolean;
  readonly status: number | null;
  readonly bytesSent: number;
  readonly bytesTotal: number;
  readonly whole: boolean;
  readonly durationMs: number;
}

export interface StoryStart extends AnyEntry {
  readonly type: 'attempt.started';
  readonly deliveryId: string;
  readonly event: string;
  readonly kind?: 'handshake';
  readonly n: number;
  readonly url: string;
  readonly headers: HeaderValues;
  readonly body: string;
}

export interface StoryEnd extends AnyEntry {
  readonly type: 'attempt.ended';
  readonly deliveryId: string;
  readonly attempt: {
    readonly n: number;
    readonly outcome: string;
    readonly status: number | null;
    readonly firstByteMs: number | null;
    readonly durationMs: number;
    readonly answer: string;
    readonly detail: string | null;
  };
}

interface StorySettled extends AnyEntry {
  readonly type: 'delivery.settled';
  readonly deliveryId: string;
  readonly status: 'acknowledged' | 'abandoned';
}

interface StoryPromise extends AnyEntry {
  readonly type: 'delivery.promised';
  readonly delivery: StoryCallback;
}

interface StoryChange extends AnyEntry {
  readonly type: 'task.changed';
  readonly state: string;
  readonly index: number;
}

interface StoryPlanned extends AnyEntry {
  readonly type: 'task.submitted' | 'task.amended';
  readonly plan: StoryPlan;
}

type StoryEntry =
  | StoryRequest
  | StoryDownload
  | StoryStart
  | StoryEnd
  | StorySettled
  | StoryPromise
  | StoryChange
  | StoryPlanned;

/** A planned callback, see `PlannedDelivery`. */
interface StoryCallback {
  readonly id: string;
  readonly event: string;
  readonly state: string;
  readonly url: string;
  readonly dueAt: string;
  readonly flaw: string | null;
  readonly kind?: 'handshake';
}

/** The part of a plan that the page shows. */
export interface StoryPlan {
  readonly taskId: string;
  readonly pack: string;
  readonly operation: string;
  readonly kind: string;
  readonly account: string;
  readonly scenario: { readonly name: string; readonly callback: string | null };
  readonly submittedAt: string;
  readonly steps: readonly { readonly state: string; readonly at: string }[];
  readonly outcome: { readonly type: string; readonly slug?: string };
  readonly mediaExpiresAt: string | null;
  readonly callbacks: readonly StoryCallback[];
}

export interface Story {
  readonly plan: StoryPlan;
  /** The entries of the task, in order. */
  readonly entries: readonly AnyEntry[];
  /** Service time. */
  readonly now: number;
  /** When the next attempt of each delivery is due, as far as known. */
  readonly nextAttempts?: ReadonlyMap<string, number>;
  /** How long a receiver has to answer, as far as known. */
  readonly timeoutMs?: number;
}

/** Why a delivery is sent. */
export type StoryReason = 'outcome' | 'duplicate' | 'forged' | 'malformed' | 'redelivered' | 'handshake';
export type StoryStatus = 'waiting' | 'in flight' | 'retrying' | 'acknowledged' | 'abandoned';

/** One attempt from its start to its end. */
export interface StoryAttempt {
  readonly delivery: StoryDelivery;
  readonly start: StoryStart;
  /** Null while it is in flight. */
  readonly end: StoryEnd | null;
}

/** One event to one URL. */
export interface StoryDelivery {
  readonly id: string;
  readonly event: string;
  readonly url: string;
  readonly why: StoryReason;
  readonly flaw: string | null;
  readonly dueAt: number;
  readonly status: StoryStatus;
  readonly nextAttemptAt: number | null;
  readonly attempts: readonly StoryAttempt[];
}

type EntryOf<Type extends StoryEntry['type']> = Extract<StoryEntry, { readonly type: Type }>;

/** Returns the entries of a type. */
export function entriesOf<Type extends StoryEntry['type']>(
  { entries }: Pick<Story, 'entries'>,
  type: Type,
): readonly EntryOf<Type>[] {
  return entries.filter((entry): entry is EntryOf<Type> => entry.type === type);
}

/** Returns the last plan among entries: that of the submission, or of its last amendment. */
export function planIn(entries: readonly AnyEntry[]): StoryPlan | null {
  const planned = entries.findLast(
    (entry): entry is StoryPlanned => entry.type === 'task.submitted' || entry.type === 'task.amended',
  );
  return planned?.plan ?? null;
}

/** Returns the deliveries of a task: those of its plan, then those that were asked for later. */
export function deliveriesIn(story: Story): readonly StoryDelivery[] {
  const { plan } = story;
  const starts = entriesOf(story, 'attempt.started');
  const ends = new Map(
    entriesOf(story, 'attempt.ended').map((end) => [`${end.deliveryId} ${end.attempt.n}`, end]),
  );
  const settled = new Map(
    entriesOf(story, 'delivery.settled').map((entry) => [entry.deliveryId, entry.status]),
  );
  const promised = entriesOf(story, 'delivery.promised').map(({ delivery }) => delivery);
  const planned = plan.callbacks.map((callback, index) => ({
    callback,
    why: reasonOf(callback, plan, index),
  }));
  const known = new Set(plan.callbacks.map(({ id }) => id));
  const later = promised
    .filter(({ id }) => !known.has(id))
    .map((callback) => ({ callback, why: callback.kind ?? ('redelivered' as const) }));
  return [...planned, ...later].map(({ callback, why }): StoryDelivery => {
    const { id, event, url, flaw, dueAt } = callback;
    const attempts: StoryAttempt[] = [];
    const end = settled.get(id);
    const own = starts.filter(({ deliveryId }) => deliveryId === id);
    const isOpen = own.some(({ n }) => !ends.has(`${id} ${n}`));
    const delivery: StoryDelivery = {
      ...{ id, event, url, why, flaw, attempts },
      dueAt: Date.parse(dueAt),
      status: end ?? (isOpen ? 'in flight' : own.length === 0 ? 'waiting' : 'retrying'),
      nextAttemptAt: story.nextAttempts?.get(id) ?? null,
    };
    for (const start of own) attempts.push({ delivery, start, end: ends.get(`${id} ${start.n}`) ?? null });
    return delivery;
  });
}

function reasonOf(callback: StoryCallback, { callbacks }: StoryPlan, index: number): StoryReason {
  if (callback.kind === 'handshake') return 'handshake';
  if (callback.flaw === 'forged') return 'forged';
  if (callback.flaw === 'malformed' || callback.flaw === 'truncated') return 'malformed';
  const isCopy = (other: StoryCallback): boolean =>
    other.flaw === null &&
    other.kind === undefined &&
    other.event === callback.event &&
    other.state === callback.state &&
    other.url === callback.url;
  return callbacks.slice(0, index).some(isCopy) ? 'duplicate' : 'outcome';
}
