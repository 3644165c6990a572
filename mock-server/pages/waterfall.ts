import { lengthOf, sayResult } from './say-result.ts';
import { counted, sayDuration } from './say-time.ts';
import {
  type AnyEntry,
  deliveriesIn,
  entriesOf,
  type Story,
  type StoryAttempt,
  type StoryDelivery,
  type StoryDownload,
  type StoryRequest,
} from './story.ts';

/** Whether a row is as it should be. */
export type Tone = 'plain' | 'good' | 'bad' | 'open' | 'planned';

/** One row of the picture of a task: a message, several polls, a pause, or something planned. */
export interface WaterfallRow {
  readonly key: string;
  readonly kind: 'request' | 'polls' | 'attempt' | 'download' | 'pause' | 'state' | 'planned';
  /** When it began, in milliseconds of service time. */
  readonly at: number;
  /** Where its message is: between client and mock, or between mock and receiver. */
  readonly side: 'client' | 'receiver' | 'both';
  readonly direction: 'right' | 'left' | 'none';
  readonly label: string;
  readonly result: string;
  readonly tone: Tone;
  /** How long it took, as a share of the longest attempt; null where that is not shown. */
  readonly share: number | null;
  /** What it is about, such as "= d1" or "duplicate". */
  readonly note: string;
  readonly isNested: boolean;
  readonly requests: readonly StoryRequest[];
  readonly attempt: StoryAttempt | null;
  readonly download: StoryDownload | null;
}

/** Fewer polls in a row are shown one by one. */
const FEWEST_FOLDED = 3;
/** Shorter pauses are not named. */
const SHORTEST_PAUSE_MS = 1000;

const EMPTY = {
  label: '',
  result: '',
  tone: 'plain',
  share: null,
  note: '',
  isNested: false,
  requests: [],
  attempt: null,
  download: null,
} as const;

/** Returns the rows of a task in the order of time: what happened, then what is planned. */
export function waterfallOf(story: Story): readonly WaterfallRow[] {
  const deliveries = deliveriesIn(story);
  return [...withPauses(pastOf(story, deliveries)), ...plannedOf(story, deliveries)];
}

function pastOf(story: Story, deliveries: readonly StoryDelivery[]): readonly WaterfallRow[] {
  const attempts = new Map(
    deliveries.flatMap((delivery) => delivery.attempts.map((one) => [one.start.seq, one])),
  );
  const longestMs = longestOf([...attempts.values()], story);
  const rows: WaterfallRow[] = [];
  let polls: StoryRequest[] = [];
  const flush = (): void => {
    rows.push(...pollRows(polls));
    polls = [];
  };
  for (const entry of [...story.entries].sort((one, other) => one.seq - other.seq)) {
    if (isPoll(entry)) {
      polls.push(entry);
      continue;
    }
    const attempt = attempts.get(entry.seq);
    const row =
      attempt !== undefined
        ? attemptRow(attempt, story, deliveries, longestMs)
        : isRequest(entry)
          ? requestRow(entry)
          : isDownload(entry)
            ? downloadRow(entry, story)
            : null;
    if (row === null) continue;
    flush();
    rows.push(row);
  }
  flush();
  return rows;
}

/** An attempt in flight can take as long as its receiver has to answer. */
function longestOf(attempts: readonly StoryAttempt[], { wallNow, timeoutMs = 0 }: Story): number {
  const isOpen = attempts.some(({ end }) => end === null);
  return Math.max(1, isOpen ? timeoutMs : 0, ...attempts.map((one) => lengthOf(one, wallNow)));
}

function isRequest(entry: AnyEntry): entry is StoryRequest {
  return entry.type === 'request.answered';
}

function isDownload(entry: AnyEntry): entry is StoryDownload {
  return entry.type === 'media.served';
}

/** Polls that failed are shown one by one. */
function isPoll(entry: AnyEntry): entry is StoryRequest {
  return isRequest(entry) && entry.does === 'poll' && isGood(entry);
}

function isGood({ error, status }: StoryRequest): boolean {
  return error === null && status !== null && status < 400;
}

function pollRows(polls: readonly StoryRequest[]): readonly WaterfallRow[] {
  const [first] = polls;
  const last = polls.at(-1);
  if (first === undefined || last === undefined) return [];
  if (polls.length < FEWEST_FOLDED) return polls.map(requestRow);
  const apartMs = (Date.parse(last.at) - Date.parse(first.at)) / (polls.length - 1);
  return [
    {
      ...EMPTY,
      key: `polls-${first.seq}`,
      kind: 'polls',
      at: Date.parse(first.at),
      side: 'client',
      direction: 'right',
      label: `${counted(polls.length, 'poll')}, ${sayDuration(apartMs)} apart`,
      result: countsOf(polls.map(({ state }) => state ?? 'no state')),
      requests: polls,
    },
  ];
}

/** Returns texts with how often each occurs in a row: "queued 1, running 4". */
function countsOf(texts: readonly string[]): string {
  const counts: { readonly text: string; count: number }[] = [];
  for (const text of texts) {
    const last = counts.at(-1);
    if (last?.text === text) last.count += 1;
    else counts.push({ text, count: 1 });
  }
  const most = counts.slice(0, 6).map(({ text, count }) => `${text} ${count}`);
  return `${most.join(', ')}${counts.length > most.length ? ', …' : ''}`;
}

/** Returns a request as a row. */
export function requestRow(entry: StoryRequest): WaterfallRow {
  const { seq, at, method, url, status, error, state, durationMs } = entry;
  const words = [
    status === null ? 'no answer' : `${status}`,
    ...(error === null ? [] : [`code ${error}`]),
    ...(state === null ? [] : [state]),
    sayDuration(durationMs),
  ];
  return {
    ...EMPTY,
    key: `request-${seq}`,
    kind: 'request',
    at: Date.parse(at) - durationMs,
    side: 'client',
    direction: 'right',
    label: `${method} ${shortPath(url)}`,
    result: words.join(', '),
    tone: isGood(entry) ? 'plain' : 'bad',
    requests: [entry],
  };
}

/** Returns the last parts of a path, which tell operations apart. */
function shortPath(url: string): string {
  const path = url.split('?')[0] ?? '';
  const parts = path.split('/').filter((part) => part !== '');
  return parts.length <= 2 ? path : `…/${parts.slice(-2).join('/')}`;
}

function attemptRow(
  attempt: StoryAttempt,
  story: Story,
  deliveries: readonly StoryDelivery[],
  longestMs: number,
): WaterfallRow {
  const { delivery, start, end } = attempt;
  const isHandshake = delivery.isHandshake;
  return {
    ...EMPTY,
    key: `${delivery.id}.${start.n}`,
    kind: 'attempt',
    at: Date.parse(start.at),
    side: 'receiver',
    direction: end === null ? 'none' : 'right',
    label: `${isHandshake ? 'handshake ' : ''}${delivery.id} attempt ${start.n}`,
    result: sayResult(attempt, story),
    tone: end === null ? 'open' : end.attempt.outcome === 'acknowledged' ? 'good' : 'bad',
    share: Math.max(0.01, Math.min(1, lengthOf(attempt, story.wallNow) / longestMs)),
    note: noteOf(attempt, deliveries),
    attempt,
  };
}

function noteOf({ delivery, start }: StoryAttempt, deliveries: readonly StoryDelivery[]): string {
  const before = previousOf(start.seq, start.event, deliveries);
  const words = [
    ...(delivery.why === 'outcome' || start.n > 1 ? [] : [delivery.why]),
    ...(delivery.flaw === 'lost-ack' && start.n === 1 ? ['answer lost on purpose'] : []),
    ...(before === null || before.start.body !== start.body
      ? []
      : [`= same body as ${before.delivery.id} attempt ${before.start.n}`]),
  ];
  return words.join(', ');
}

/** Returns the last attempt of an event before another one. */
export function previousOf(
  seq: number,
  event: string,
  deliveries: readonly StoryDelivery[],
): StoryAttempt | null {
  const before = deliveries
    .flatMap(({ attempts }) => attempts)
    .filter(({ start }) => start.seq < seq && start.event === event)
    .sort((one, other) => one.start.seq - other.start.seq);
  return before.at(-1) ?? null;
}

function downloadRow(entry: StoryDownload, story: Story): WaterfallRow {
  const { seq, at, name, method, status, whole, range, bytesSent, bytesTotal, durationMs } = entry;
  const before = entriesOf(story, 'media.served').filter(
    (other) => other.seq < seq && other.name === name && other.whole,
  );
  const isServed = status !== null && status < 400;
  const words = [
    status === null ? 'no answer' : `${status}`,
    ...(method === 'HEAD' || !isServed ? [] : [whole ? 'complete' : `${bytesSent} of ${bytesTotal} bytes`]),
    ...(range === null ? [] : [range]),
    sayDuration(durationMs),
  ];
  const isCaused = entriesOf(story, 'attempt.started').some((start) => start.seq < seq);
  return {
    ...EMPTY,
    key: `download-${seq}`,
    kind: 'download',
    at: Date.parse(at) - durationMs,
    side: isCaused ? 'receiver' : 'client',
    direction: isCaused ? 'left' : 'right',
    label: `${method} ${name}`,
    result: words.join(', '),
    tone: isServed ? 'plain' : 'bad',
    note: before.length > 0 ? `downloaded again, ${before.length + 1} times` : '',
    isNested: isCaused,
    download: entry,
  };
}

/** Names the time between rows, and what it is the wait for. */
function withPauses(rows: readonly WaterfallRow[]): readonly WaterfallRow[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1];
    if (before === undefined) return [row];
    const pauseMs = row.at - endOf(before);
    if (pauseMs < SHORTEST_PAUSE_MS) return [row];
    const isRetry = row.attempt !== null && row.attempt.start.n > 1;
    const label = `${sayDuration(pauseMs)} ${isRetry ? `until attempt ${row.attempt?.start.n}` : 'without a message'}`;
    const pause: WaterfallRow = {
      ...EMPTY,
      key: `pause-${row.key}`,
      kind: 'pause',
      at: endOf(before),
      side: isRetry ? 'receiver' : 'both',
      direction: 'none',
      label,
    };
    return [pause, row];
  });
}

function endOf({ at, requests, attempt, download }: WaterfallRow): number {
  const last = requests.at(-1);
  if (last !== undefined) return Date.parse(last.at);
  if (download !== null) return Date.parse(download.at);
  return attempt?.end == null ? at : Math.max(at, Date.parse(attempt.end.at));
}

/** Returns what is still to come. */
function plannedOf({ plan, now }: Story, deliveries: readonly StoryDelivery[]): readonly WaterfallRow[] {
  const planned = (key: string, at: number, label: string, side: WaterfallRow['side']): WaterfallRow => ({
    ...{ ...EMPTY, key, kind: 'planned', at, side, label },
    direction: side === 'receiver' ? 'right' : 'none',
    result: at > now ? `in ${sayDuration(at - now)}` : 'due',
    tone: 'planned',
  });
  const steps = plan.steps
    .filter(({ at }) => Date.parse(at) > now)
    .map(({ state, at }) => planned(`state-${state}-${at}`, Date.parse(at), state, 'both'));
  const sent = deliveries.flatMap(({ id, status, dueAt, nextAttemptAt, attempts }) => {
    if (status === 'waiting')
      return [planned(`due-${id}`, nextAttemptAt ?? dueAt, `${id} attempt 1`, 'receiver')];
    if (status !== 'retrying' || nextAttemptAt === null) return [];
    return [planned(`due-${id}`, nextAttemptAt, `${id} attempt ${attempts.length + 1}`, 'receiver')];
  });
  const expiry = plan.mediaExpiresAt === null ? Number.NaN : Date.parse(plan.mediaExpiresAt);
  const media = expiry > now ? [planned('media', expiry, 'media expires', 'both')] : [];
  return [...steps, ...sent, ...media].sort((one, other) => one.at - other.at);
}
