import { createApplyCommand } from '../engine/apply-command.ts';
import type { ClientCommand, Commands, Outcomes } from '../engine/commands.ts';
import { createPlanPacker } from '../journal/packed-plan.ts';
import { createApplier } from './applier.ts';
import { createAttemptWork } from './attempt-work.ts';
import { createBarriers } from './barriers.ts';
import type { CommandLog, LoggedCommand } from './command-log.ts';
import type { FleetBase, JoiningParts } from './fleet.ts';
import { loadFleet, saveFleet } from './fleet-snapshots.ts';
import { maskCommand } from './masked-command.ts';
import type { Members } from './members.ts';
import { createMoveClock } from './move-clock.ts';
import type { ObservationLog } from './observation-log.ts';
import { createReadCounts } from './read-counts.ts';
import { createSender, type Sender } from './sender.ts';
import type { Membership } from './store.ts';
import { unreachable } from './store-errors.ts';
import { createSweeper } from './sweeper.ts';

/** One mock of a fleet, after it has joined. */
export interface Replica {
  readonly id: string;
  readonly log: Pick<CommandLog, 'now'>;
  readonly observations: ObservationLog;
  readonly members: Pick<Members, 'known'>;
  readonly trouble: string | null;
  readonly commands: Commands;
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** Changes after which no replica may answer from an earlier state. */
const EVERYWHERE: ReadonlySet<ClientCommand['type']> = new Set<ClientCommand['type']>([
  ...(['cancel', 'delete', 'amend', 'redeliver'] as const),
  ...(['enqueue', 'clear-scenarios', 'clear-journal', 'reset'] as const),
]);

const PAUSE_MS = 200;
const SWEEP_MS = 1_000;
const PULL_MS = 250;
/** A replica whose alarm rings later does not ask for what another one has already asked for. */
const ALARM_STEP_MS = 25;
/** Commands after which a snapshot is due. */
const SNAPSHOT_AFTER = 20_000;

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

function assemble(base: FleetBase, parts: JoiningParts, membership: Membership) {
  const { replica: id, log, members } = membership;
  const { clock, attempts, timers, observations } = base;
  const { engine, journal, packs } = parts;
  const sender = createSender(log);
  const { send } = sender;
  const pause = (): Promise<void> => new Promise((resolve) => timers.after(PAUSE_MS, resolve));
  const barriers = createBarriers({ members, send, pause });
  const counts = createReadCounts();
  const applier = createApplier({
    ...base,
    barriers,
    journal,
    applyClient: createApplyCommand(engine, packs, counts),
    onBarrier({ id: barrier, replicas }) {
      if (!replicas.includes(id)) return;
      // Without the observations, which the next barrier will have.
      const acknowledge = (): Promise<unknown> => send({ type: 'acknowledge', barrier, by: id });
      observations
        .flush()
        .then(acknowledge, acknowledge)
        .catch(() => undefined);
    },
  });
  journal.subscribe((entry) => {
    if (entry.type === 'task.forgotten') counts.forget(entry.taskId);
    if (entry.type === 'server.reset') counts.clear();
  });
  const progress = createProgress();
  const packer = createPlanPacker();
  const state = { engine, journal, packer, clock, applier, attempts, counts };
  const saving = createSaving(membership, () => saveFleet(state), base);

  function apply(logged: LoggedCommand): void {
    const outcome = applier.apply(logged);
    const isOwn = logged.by === id;
    const due = base.due.splice(0);
    if (isOwn) {
      sender.settle(logged.n, outcome);
      // The sweeper of any replica offers what could not be offered now.
      for (const job of due) membership.work.offer(job).catch(() => undefined);
    }
    progress.reach(logged.seq);
    saving.count(logged);
  }

  const { flights } = engine.deliveries;
  const current = (): string | null => applier.move?.id ?? null;
  const move = createMoveClock({ replica: id, clock, flights, send, current, pause });
  const commands = createFleetCommands({ membership, base, sender, barriers, move });
  const work = createAttemptWork({
    ...{ replica: id, attempts, courier: parts.courier, members, send, reached: progress.reached, pause },
    mask: (result) => ({
      ...result,
      answer: base.secrets.maskBody(result.answer),
      detail: result.detail === null ? null : base.secrets.maskUrl(result.detail),
    }),
  });
  const sweep = createSweeper({ members, attempts, applier, work: membership.work, send });
  const ends: (() => void)[] = [];

  async function open(): Promise<void> {
    const snapshot = await membership.snapshots.latest();
    if (snapshot !== null) {
      loadFleet(snapshot, state);
      observations.continueAfter(snapshot.observed);
      progress.reach(snapshot.seq);
    }
    await log.open(snapshot?.seq ?? 0, apply);
    let isTicking = false;
    const tick = (): void => {
      if (isTicking) return;
      isTicking = true;
      const end = (): void => {
        isTicking = false;
        clock.touch();
      };
      send({ type: 'tick' }).then(end, end);
    };
    clock.onDue(tick, () => Math.max(0, members.known.indexOf(id)) * ALARM_STEP_MS);
    clock.touch();
    membership.work.work(work);
    ends.push(timers.every(SWEEP_MS, sweep));
    ends.push(
      timers.every(PULL_MS, () => void (observations.isFollowed && commands.pull().catch(() => undefined))),
    );
  }

  const replica: Replica = {
    id,
    log,
    observations: membership.observations,
    members,
    get trouble() {
      return log.trouble;
    },
    commands,
    drain: () => membership.work.drain(),
    async close() {
      for (const end of ends) end();
      await observations.flush().catch(() => undefined);
      await members.leave().catch(() => undefined);
      sender.close(unreachable());
      await membership.close();
    },
  };
  return { replica, open };
}

interface FleetCommandsOptions {
  readonly membership: Membership;
  readonly base: FleetBase;
  readonly sender: Pick<Sender, 'send'>;
  readonly barriers: { pass(): Promise<void> };
  readonly move: (targetFrom: (from: number) => number) => Promise<void>;
}

function createFleetCommands(options: FleetCommandsOptions): Commands & { pull(): Promise<void> } {
  const { membership, base, sender, barriers, move } = options;
  const { log, members } = membership;

  async function pull(): Promise<void> {
    await base.observations.pull(await log.caughtUp());
  }

  async function moveEverywhere(targetFrom: (from: number) => number): Promise<void> {
    await move(targetFrom);
    await barriers.pass();
  }

  async function caughtUp(): Promise<void> {
    await log.caughtUp();
  }

  return {
    isShared: true,
    async run<Wanted extends ClientCommand>(command: Wanted): Promise<Outcomes[Wanted['type']]> {
      const outcome = await sender.send(maskCommand(command, base.secrets));
      if (EVERYWHERE.has(command.type)) await barriers.pass();
      return outcome;
    },
    advance: (durationMs) => moveEverywhere((from) => from + durationMs),
    moveTo: (at) => moveEverywhere(() => at),
    current: () => (members.isCurrent ? null : caughtUp()),
    caughtUp,
    async gathered() {
      await barriers.pass();
      await pull();
    },
    pull,
  };
}

/** The place that this replica has applied, and those who wait for one. */
function createProgress() {
  let place = 0;
  let waiting: { readonly place: number; readonly done: () => void }[] = [];
  return {
    reach(reached: number): void {
      place = reached;
      if (waiting.length === 0) return;
      const ready = waiting.filter((one) => one.place <= place);
      waiting = waiting.filter((one) => one.place > place);
      for (const { done } of ready) done();
    },
    reached: (wanted: number): Promise<void> =>
      wanted <= place ? Promise.resolve() : new Promise((done) => waiting.push({ place: wanted, done })),
  };
}

/** Saves a snapshot now and then, if no other replica does. */
function createSaving(membership: Membership, parts: () => ReturnType<typeof saveFleet>, base: FleetBase) {
  const { snapshots, log } = membership;
  let since = 0;
  let wanted = false;

  async function save({ seq, wallAt }: LoggedCommand): Promise<void> {
    const { observed } = base.observations;
    const oldest = await snapshots.save({ seq, wallAt, observed, parts: parts() });
    await log.trim(oldest);
  }

  return {
    count(logged: LoggedCommand): void {
      since += 1;
      if (wanted) {
        // In the turn of the command whose state it has.
        wanted = false;
        save(logged).catch(() => undefined);
        return;
      }
      if (since < SNAPSHOT_AFTER) return;
      since = 0;
      snapshots.claim().then(
        (isOurs) => {
          wanted = isOurs;
        },
        () => undefined,
      );
    },
  };
}
