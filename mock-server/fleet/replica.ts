import type { AttemptResult } from '../delivery/post-callback.ts';
import { createApplyCommand } from '../engine/apply-command.ts';
import type { CommandOf, Commands } from '../engine/commands.ts';
import { createPlanPacker } from '../journal/packed-plan.ts';
import { type Secrets, teachingAlso } from '../journal/secrets.ts';
import { createApplier } from './applier.ts';
import { createAttemptWork } from './attempt-work.ts';
import { createBarriers } from './barriers.ts';
import type { CommandLog, LoggedCommand } from './command-log.ts';
import { createCommandSender, type Send } from './command-sender.ts';
import type { FleetBase, JoiningParts } from './fleet-base.ts';
import type { FleetClock } from './fleet-clock.ts';
import { createFleetCommands } from './fleet-commands.ts';
import { loadFleet, saveFleet } from './fleet-snapshots.ts';
import type { Members } from './members.ts';
import { createMoveClock } from './move-clock.ts';
import type { ObservationLog } from './observation-log.ts';
import type { Observations } from './observations.ts';
import { createProgress } from './progress.ts';
import { createReadCounts } from './read-counts.ts';
import { createSaving } from './saving.ts';
import type { Membership } from './store.ts';
import { unreachable } from './store-errors.ts';
import { createSweeper } from './sweeper.ts';

/** One mock of a fleet, after it has joined. */
export interface Replica {
  readonly id: string;
  readonly epoch: string;
  readonly log: Pick<CommandLog, 'now'>;
  readonly observations: ObservationLog;
  readonly members: Pick<Members, 'known'>;
  readonly trouble: string | null;
  readonly commands: Commands;
  drain(): Promise<void>;
  close(): Promise<void>;
}

const PAUSE_MS = 200;
const SWEEP_MS = 1_000;
const PULL_MS = 250;
/** A replica whose alarm rings later does not ask for what another one has already asked for. */
const ALARM_STEP_MS = 25;
/** @param connect called with the replica before it reads the log */
export async function joinReplica(
  base: FleetBase,
  parts: JoiningParts,
  connect: (replica: Replica) => void,
): Promise<Replica> {
  const membership = await parts.store.join(parts.fingerprint);
  try {
    const { replica, open } = assemble(base, parts, membership);
    connect(replica);
    await open();
    return replica;
  } catch (error) {
    await membership.close();
    throw error;
  }
}

/** Connects the parts of a replica. @returns the replica, and a function that begins to apply the log */
function assemble(base: FleetBase, parts: JoiningParts, membership: Membership) {
  const { replica: id, log, members, work } = membership;
  const { clock, attempts, timers, observations } = base;
  const { engine, journal, packs } = parts;
  const sender = createCommandSender(log);
  const { send } = sender;
  const pause = (): Promise<void> => new Promise((resolve) => timers.after(PAUSE_MS, resolve));
  const barriers = createBarriers({ members, send, pause });
  const counts = createReadCounts(journal);
  const secrets = teachingAlso(journal.secrets, base.observed);
  const applyClient = createApplyCommand({ engine, packs, counts, secrets });
  const onBarrier = acknowledger(id, send, observations);
  const applier = createApplier({ ...base, barriers, journal, applyClient, onBarrier });
  const progress = createProgress();
  const state = { engine, journal, packer: createPlanPacker(), clock, applier, attempts, counts };
  const saving = createSaving({
    ...{ membership, observations },
    parts: () => saveFleet(state),
    after: parts.snapshotAfter,
  });
  const { flights } = engine.deliveries;
  const current = (): string | null => applier.move?.id ?? null;
  const move = createMoveClock({ replica: id, clock, flights, send, current, pause });
  const commands = createFleetCommands({ membership, base, sender, barriers, move });
  const attempt = createAttemptWork({
    ...{ replica: id, attempts, courier: parts.courier, members, send, pause },
    ...{ reached: progress.reached, caughtUp: log.caughtUp, mask: maskResults(base.secrets) },
  });
  const { isRunning } = attempt;
  const sweep = createSweeper({ members, attempts, applier, work, send, replica: id, isRunning });
  const ends: (() => void)[] = [];

  function apply(logged: LoggedCommand): void {
    const outcome = applier.apply(logged);
    const due = base.due.splice(0);
    if (logged.by === id) {
      sender.settle(logged.n, outcome);
      // The sweeper of any replica offers what cannot be offered now.
      for (const job of due) work.offer(job).catch(() => undefined);
    }
    progress.reach(logged.seq);
    saving.count(logged);
  }

  async function open(): Promise<void> {
    const snapshot = await membership.snapshots.latest();
    if (snapshot !== null) {
      loadFleet(snapshot, state);
      observations.continueAfter(snapshot.observed);
      progress.reach(snapshot.seq);
    }
    await log.open(snapshot?.seq ?? 0, apply);
    clock.onDue(
      createTicks(send, clock, pause),
      () => Math.max(0, members.known.indexOf(id)) * ALARM_STEP_MS,
    );
    clock.touch();
    work.work(attempt.handle);
    const pull = (): void => {
      if (observations.isFollowed) commands.pull().catch(() => undefined);
    };
    ends.push(timers.every(SWEEP_MS, sweep), timers.every(PULL_MS, pull));
  }

  async function close(): Promise<void> {
    for (const end of ends) end();
    await observations.flush().catch(() => undefined);
    await members.leave().catch(() => undefined);
    sender.close(unreachable());
    await membership.close();
  }

  return { replica: replicaOf(membership, commands, close), open };
}

function replicaOf(membership: Membership, commands: Commands, close: () => Promise<void>): Replica {
  const { replica: id, epoch, log, observations, members, work } = membership;
  return {
    ...{ id, epoch, log, observations, members, commands, close },
    get trouble() {
      return log.trouble;
    },
    drain: () => work.drain(),
  };
}

/** Acknowledges a barrier when the observations up to it are in the log. */
function acknowledger(id: string, send: Send, observations: Pick<Observations, 'flush'>) {
  return ({ id: barrier, replicas }: CommandOf<'barrier'>): void => {
    if (!replicas.includes(id)) return;
    const acknowledge = (): Promise<unknown> => send({ type: 'acknowledge', barrier, by: id });
    // Observations that could not be written are part of a later barrier.
    observations
      .flush()
      .then(acknowledge, acknowledge)
      .catch(() => undefined);
  };
}

/** Asks for a tick, unless one is on its way. */
function createTicks(send: Send, clock: Pick<FleetClock, 'touch'>, pause: () => Promise<void>): () => void {
  let isTicking = false;
  const end = (): void => {
    isTicking = false;
    clock.touch();
  };
  return () => {
    if (isTicking) return;
    isTicking = true;
    send({ type: 'tick' }).catch(pause).then(end, end);
  };
}

function maskResults(secrets: Secrets): (result: AttemptResult) => AttemptResult {
  return (result) => ({
    ...result,
    answer: secrets.maskBody(result.answer),
    detail: result.detail === null ? null : secrets.maskUrl(result.detail),
  });
}
