import { type DeliveryReason, reasonOf } from '../core/reason-of.ts';

/**
 * What the page of a task is made of. It describes the parts of the journal that the page shows, because the console
 * has them from the admin API, and a saved page has them from the mock itself. Times in entries are ISO 8601.
 */
export interface AnyEntry {
  readonly seq: number;
  readonly at: string;
  /** Wall time, which receivers need even while a virtual clock is stopped. */
  readonly wallAt: string;
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
  /** When the next attempt is due; absent when none follows. */
  readonly nextAt?: string;
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
  readonly endpoint?: string;
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
  readonly wallNow: number;
  /** How long a receiver has to answer, as far as known. */
  readonly timeoutMs?: number;
}

type StoryStatus = 'waiting' | 'in flight' | 'retrying' | 'acknowledged' | 'abandoned';

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
  readonly why: DeliveryReason;
  readonly isHandshake: boolean;
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

/** Returns the deliveries of a task: those of its plan, then those that were added later. */
export function deliveriesIn(story: Story): readonly StoryDelivery[] {
  const planned = story.plan.callbacks;
  const known = new Set(planned.map(({ id }) => id));
  const added = entriesOf(story, 'delivery.promised').flatMap(({ delivery }) =>
    known.has(delivery.id) ? [] : [delivery],
  );
  const { callback } = story.plan.scenario;
  const facts = factsOf(story);
  return [...planned, ...added].map((one) =>
    deliveryOf(one, reasonOf(one, { planned, added, callback }), facts),
  );
}

interface Facts {
  readonly starts: readonly StoryStart[];
  readonly ends: ReadonlyMap<string, StoryEnd>;
  readonly settled: ReadonlyMap<string, StorySettled['status']>;
}

function factsOf(story: Story): Facts {
  const ends = entriesOf(story, 'attempt.ended');
  const settled = entriesOf(story, 'delivery.settled');
  return {
    starts: entriesOf(story, 'attempt.started'),
    ends: new Map(ends.map((end) => [`${end.deliveryId} ${end.attempt.n}`, end])),
    settled: new Map(settled.map(({ deliveryId, status }) => [deliveryId, status])),
  };
}

function deliveryOf(callback: StoryCallback, why: DeliveryReason, facts: Facts): StoryDelivery {
  const { id, event, url, flaw, dueAt, kind } = callback;
  const attempts: StoryAttempt[] = [];
  const own = facts.starts.filter(({ deliveryId }) => deliveryId === id);
  const isOpen = own.some(({ n }) => !facts.ends.has(`${id} ${n}`));
  const nextAt = own.map(({ n }) => facts.ends.get(`${id} ${n}`)?.nextAt).at(-1);
  const status = facts.settled.get(id) ?? (isOpen ? 'in flight' : own.length === 0 ? 'waiting' : 'retrying');
  const delivery: StoryDelivery = {
    ...{ id, event, url, why, flaw, status, attempts },
    isHandshake: kind === 'handshake',
    dueAt: Date.parse(dueAt),
    nextAttemptAt: status === 'retrying' && nextAt !== undefined ? Date.parse(nextAt) : null,
  };
  for (const start of own)
    attempts.push({ delivery, start, end: facts.ends.get(`${id} ${start.n}`) ?? null });
  return delivery;
}
