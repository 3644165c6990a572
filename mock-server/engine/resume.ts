import { CodedError } from '../core/coded-error.ts';
import type { Clock } from '../delivery/clock.ts';
import type { Deliveries } from '../delivery/deliveries.ts';
import { inconsistencyOf } from '../journal/inconsistency.ts';
import type { Journal } from '../journal/journal.ts';
import type { Stamp } from '../journal/journal-entry.ts';
import type { PlanPacker } from '../journal/packed-plan.ts';
import type { UsePast } from '../journal/read-past.ts';
import { deliveriesOf, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import { closeEntry } from '../journal/unpack-entry.ts';
import type { DeriveRules, Pack } from '../packs/pack.ts';
import type { Schedule } from './schedule.ts';

/** Continues tasks after a restart, and after an edit of their pack. */
export interface Resume {
  /** Continues the work of an earlier run from its journal. @throws {CodedError} DATA_DAMAGED, PACK_IN_USE */
  restore(readPast: (use: UsePast) => void): void;
  /**
   * Checks that a changed pack has everything that open tasks of the old one need.
   * @throws {CodedError} PACK_IN_USE
   */
  refuseIncomplete(pack: Pack): void;
}

export interface ResumeOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly tasks: TaskStore;
  readonly journal: Pick<Journal, 'replay' | 'load' | 'continueAfter'>;
  readonly clock: Pick<Clock, 'resume' | 'touch'>;
  readonly schedule: Pick<Schedule, 'isActive' | 'settle'>;
  readonly deliveries: Pick<Deliveries, 'endInterrupted'>;
  readonly packer: PlanPacker;
}

export function createResume(options: ResumeOptions): Resume {
  const { packs, tasks, journal, clock, schedule, deliveries, packer } = options;

  function refuseIfMissing(task: TaskRecord, pack: Pack, remedy: string): void {
    const missing = schedule.isActive(task) ? missingFor(task, pack) : null;
    if (missing === null) return;
    throw new CodedError(
      'PACK_IN_USE',
      `task ${task.plan.taskId} is active and needs ${missing}, which the edit removed`,
      remedy,
    );
  }

  function takeUp(task: TaskRecord): void {
    const pack = packs.get(task.plan.pack);
    if (pack === undefined) {
      throw new CodedError(
        'DATA_DAMAGED',
        `the journal has tasks of the pack "${task.plan.pack}", which is not loaded`,
        'Load it with --pack, or start with another --data folder.',
      );
    }
    refuseIfMissing(task, pack, 'Restore it, or start with another --data folder.');
    deliveries.endInterrupted(task);
    schedule.settle(task);
  }

  return {
    restore(readPast) {
      const past: { last?: Stamp } = {};
      readPast({
        part: journal.load,
        snapshot(stamp) {
          journal.continueAfter(stamp);
          past.last = stamp;
        },
        entry(open) {
          const inconsistency = inconsistencyOf(open, tasks);
          if (inconsistency !== null) return inconsistency;
          journal.replay(closeEntry(open, packer));
          past.last = open;
          return null;
        },
      });
      if (past.last === undefined) return;
      clock.resume(past.last);
      for (const task of tasks.all()) takeUp(task);
      clock.touch();
    },
    refuseIncomplete(pack) {
      for (const task of tasks.all()) {
        if (task.plan.pack !== pack.name) continue;
        refuseIfMissing(
          task,
          pack,
          'Restore it, let the task finish, or reset the mock: POST /__admin/reset',
        );
      }
    },
  };
}

/** The first part of its pack that an unfinished task needs and the pack lacks; null when it lacks nothing. */
function missingFor(task: TaskRecord, pack: Pack): string | null {
  const { operation, steps, outcome } = task.plan;
  if (outcome.type === 'failure' && !pack.failures.has(outcome.slug)) return `the failure "${outcome.slug}"`;
  if (!pack.operations.some(({ id, type }) => id === operation && type === 'submit')) {
    return `the operation "${operation}"`;
  }
  for (const { event, state, kind } of deliveriesOf(task)) {
    if (kind === 'handshake' && pack.handshake === null) return 'the handshake';
    if (kind === 'handshake') continue;
    if (pack.events.get(event)?.bodies.has(state) !== true) return `a body of "${event}" for "${state}"`;
  }
  const asked = answeringAbout(task, pack);
  const state = steps.find((step) => asked.some(({ answers }) => !answers.has(step.state)))?.state;
  return state === undefined ? null : `the state "${state}"`;
}

/** Returns what answers about a task: the operation itself if it derives it, or else all polls that find it. */
function answeringAbout({ plan }: TaskRecord, { operations }: Pack): readonly Pick<DeriveRules, 'answers'>[] {
  const own = operations.find(({ id }) => id === plan.operation);
  if (own?.type === 'submit' && own.derives !== null) return [own.derives];
  return operations
    .filter((candidate) => candidate.type === 'poll')
    .filter(({ kinds }) => kinds?.has(plan.kind) !== false);
}
