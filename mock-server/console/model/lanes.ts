import type { JournalEntry, Plan } from '../admin-types.ts';

/** The result of an attempt or a download. Each kind is drawn as a different shape, not only in a different color. */
export type MarkKind = 'acknowledged' | 'rejected' | 'timeout' | 'failed' | 'abandoned' | 'download';

export interface Mark {
  readonly at: number;
  readonly kind: MarkKind;
  /** Human-readable description. */
  readonly text: string;
}

/** One task as the overview draws it. Times are epoch milliseconds of service time. */
export interface Lane {
  readonly id: string;
  readonly pack: string;
  readonly kind: string;
  readonly account: string;
  readonly scenario: string;
  readonly submittedAt: number;
  /** States so far. The last one lasts until now, or is the final state. */
  readonly changes: { readonly state: string; readonly at: number; readonly index: number }[];
  readonly marks: Mark[];
  plan: Plan;
  /** Null until the task has ended. */
  ended: { readonly outcome: Plan['outcome']; readonly at: number } | null;
  /** Everything that a search looks at, in lower case. */
  readonly text: string;
}

/** All tasks in the order of submission. They are changed in place, because entries arrive by the thousand. */
export interface Lanes {
  readonly byId: Map<string, Lane>;
  list: Lane[];
  /** Number of the last applied entry. */
  seq: number;
  /** Service time of the last entry. */
  at: number;
  /** Increases with each change. */
  version: number;
}

export function createLanes(): Lanes {
  return { byId: new Map(), list: [], seq: 0, at: 0, version: 0 };
}

/** Applies the next entry of the journal. @returns false for an entry that was already applied */
export function applyEntry(lanes: Lanes, entry: JournalEntry): boolean {
  if (entry.seq <= lanes.seq) return false;
  lanes.seq = entry.seq;
  lanes.at = Math.max(lanes.at, Date.parse(entry.at));
  lanes.version += 1;
  change(lanes, entry);
  return true;
}

function change(lanes: Lanes, entry: JournalEntry): void {
  switch (entry.type) {
    case 'server.reset':
      lanes.byId.clear();
      lanes.list = [];
      lanes.at = Date.parse(entry.at);
      return;
    case 'clock.moved':
      lanes.at = Date.parse(entry.toAt);
      return;
    case 'task.submitted': {
      const lane = openLane(entry.plan);
      lanes.byId.set(lane.id, lane);
      lanes.list.push(lane);
      return;
    }
    case 'task.forgotten':
      lanes.byId.delete(entry.taskId);
      lanes.list = lanes.list.filter(({ id }) => id !== entry.taskId);
      return;
    default: {
      const lane = 'taskId' in entry && entry.taskId !== null ? lanes.byId.get(entry.taskId) : undefined;
      if (lane !== undefined) changeLane(lane, entry);
    }
  }
}

function openLane(plan: Plan): Lane {
  return {
    id: plan.taskId,
    pack: plan.pack,
    kind: plan.kind,
    account: plan.account,
    scenario: plan.scenario.name,
    submittedAt: Date.parse(plan.submittedAt),
    changes: [{ state: plan.steps[0]?.state ?? '', at: Date.parse(plan.submittedAt), index: 0 }],
    marks: [],
    plan,
    ended: null,
    text: [plan.taskId, ...(plan.aliases ?? []), plan.pack, plan.kind, plan.account, plan.scenario.name]
      .join(' ')
      .toLowerCase(),
  };
}

function changeLane(lane: Lane, entry: JournalEntry): void {
  const at = Date.parse(entry.at);
  switch (entry.type) {
    case 'task.amended':
      lane.plan = entry.plan;
      return;
    case 'task.changed':
      if (entry.index > 0) lane.changes.push({ state: entry.state, at, index: entry.index });
      if (entry.index === lane.plan.steps.length - 1) lane.ended = { outcome: lane.plan.outcome, at };
      return;
    case 'attempt.ended': {
      const { outcome, status, n } = entry.attempt;
      const answered = status === null ? '' : ` with HTTP ${status}`;
      lane.marks.push({ at, kind: markOf(outcome), text: `${nameOf(outcome)}${answered} (attempt ${n})` });
      return;
    }
    case 'delivery.settled':
      if (entry.status === 'abandoned') lane.marks.push({ at, kind: 'abandoned', text: 'abandoned' });
      return;
    case 'media.served':
      lane.marks.push({ at, kind: 'download', text: `${entry.name} ${statusText(entry.status)}` });
      return;
    default:
  }
}

/** Outcomes have the names of the journal; "timeout" alone is not an adjective. */
function nameOf(outcome: string): string {
  return outcome === 'timeout' ? 'timed out' : outcome;
}

/** Returns a human-readable status; null means that the connection ended before a status was sent. */
export function statusText(status: number | null): string {
  return status === null ? 'no answer' : `HTTP ${status}`;
}

function markOf(outcome: string): MarkKind {
  if (outcome === 'acknowledged' || outcome === 'timeout') return outcome;
  return outcome === 'rejected' || outcome === 'redirect' ? 'rejected' : 'failed';
}

/** Returns the current state of a task. */
export function stateOf({ changes, plan }: Lane): string {
  return changes.at(-1)?.state ?? plan.steps[0]?.state ?? '';
}

/** Returns the last result of its callback; empty before the first result. */
export function callbackOf({ marks }: Lane): string {
  return marks.findLast(({ kind }) => kind !== 'download')?.text ?? '';
}
