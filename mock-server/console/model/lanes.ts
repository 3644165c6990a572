import type { JournalEntry, Snapshot } from '../admin-types.ts';
import { changedLane } from './change-lane.ts';
import type { Lane } from './lane.ts';
import { laneOfPlan, laneOfSummary, type PackKnowledge } from './lane-of.ts';

export { type Lane, stateOf, statusOf, statusText } from './lane.ts';

const NO_KNOWLEDGE: PackKnowledge = { rulesOf: () => undefined, promptIn: () => '' };

/** The loaded tasks in the order of submission. A lane is replaced and never changed. */
export class Lanes {
  /** Number of the last applied entry. */
  seq = 0;
  /** Service time of the last entry. */
  at = 0;
  /** Number of tasks that the mock has, which can be more than are loaded. */
  total = 0;
  readonly #byId = new Map<string, Lane>();
  readonly #knowledge: PackKnowledge;
  #list: readonly Lane[] | null = [];

  constructor(knowledge: PackKnowledge = NO_KNOWLEDGE) {
    this.#knowledge = knowledge;
  }

  get byId(): ReadonlyMap<string, Lane> {
    return this.#byId;
  }

  /** The same tasks; another array after each change. */
  get list(): readonly Lane[] {
    this.#list ??= [...this.#byId.values()];
    return this.#list;
  }

  /** Applies the next entry of the journal. @returns false for an entry that was already applied */
  apply(entry: JournalEntry): boolean {
    if (entry.seq <= this.seq) return false;
    this.seq = entry.seq;
    this.reach(Date.parse(entry.at));
    this.#change(entry);
    return true;
  }

  /** Replaces all lanes by those of a snapshot. */
  load(snapshot: Snapshot): void {
    this.#clear();
    for (const task of snapshot.tasks) this.#byId.set(task.id, laneOfSummary(task, this.#knowledge));
    this.seq = snapshot.seq;
    this.total = snapshot.total;
    this.at = Date.parse(snapshot.now);
  }

  /** Notes that the clock has reached a time. */
  reach(at: number): void {
    this.at = Math.max(this.at, at);
  }

  #clear(): void {
    this.#byId.clear();
    this.#list = null;
    this.total = 0;
  }

  #change(entry: JournalEntry): void {
    switch (entry.type) {
      case 'server.reset':
        this.#clear();
        this.at = Date.parse(entry.at);
        return;
      case 'clock.moved':
        this.at = Date.parse(entry.toAt);
        return;
      case 'task.submitted':
        // A snapshot can be ahead of the stream by a few tasks.
        if (this.#byId.has(entry.taskId)) return;
        this.total += 1;
        return this.#set(laneOfPlan(entry.plan, this.#knowledge));
      case 'task.forgotten':
        this.total = Math.max(0, this.total - 1);
        if (this.#byId.delete(entry.taskId)) this.#list = null;
        return;
      default: {
        const lane = 'taskId' in entry && entry.taskId !== null ? this.#byId.get(entry.taskId) : undefined;
        const changed = lane === undefined ? undefined : changedLane(lane, entry, this.#knowledge);
        if (changed !== undefined && changed !== lane) this.#set(changed);
      }
    }
  }

  #set(lane: Lane): void {
    this.#byId.set(lane.id, lane);
    this.#list = null;
  }
}

export function createLanes(knowledge?: PackKnowledge): Lanes {
  return new Lanes(knowledge);
}
