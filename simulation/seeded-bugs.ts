import type { Courier } from '../mock-server/delivery/courier.ts';
import type { LoggedCommand } from '../mock-server/fleet/command-log.ts';
import type { Membership } from '../mock-server/fleet/store.ts';
import type { SavedPart } from '../mock-server/journal/fold.ts';
import type { Conditions, Deed } from './deeds.ts';
import type { Invariant } from './invariants/violation.ts';
import type { Tampering } from './tampering.ts';

/** A defect that is put into the product from outside, to show that the simulation finds it. */
export interface SeededBug {
  readonly summary: string;
  /** The invariants that it can violate first. */
  readonly violates: readonly Invariant[];
  /** The conditions under which it shows soon. */
  readonly under?: Partial<Conditions>;
  /** The deeds to which it shows, if chance rarely leads to them. */
  readonly deeds?: readonly Deed[];
  readonly tampering: Tampering;
}

/** Replaces parts of a membership. Getters stay. */
function changeLog(membership: Membership, change: Partial<Membership['log']>): Membership {
  const log = Object.create(membership.log, Object.getOwnPropertyDescriptors(change)) as Membership['log'];
  return { ...membership, log };
}

/** Changes the commands that a replica applies. */
function applyOther(
  other: (logged: LoggedCommand, apply: (logged: LoggedCommand) => void) => void,
): NonNullable<Tampering['membership']> {
  return (membership) =>
    changeLog(membership, {
      open: (after, apply) => membership.log.open(after, (logged) => other(logged, apply)),
    });
}

/** Changes the parts of the snapshots that a replica writes. */
function saveOther(other: (part: SavedPart) => SavedPart | null): NonNullable<Tampering['membership']> {
  return (membership) => {
    const { snapshots } = membership;
    return {
      ...membership,
      snapshots: {
        ...snapshots,
        save: (snapshot) => snapshots.save({ ...snapshot, parts: changed(snapshot.parts, other) }),
      },
    };
  };
}

function* changed(
  parts: Iterable<SavedPart>,
  other: (part: SavedPart) => SavedPart | null,
): Iterable<SavedPart> {
  for (const part of parts) {
    const kept = other(part);
    if (kept !== null) yield kept;
  }
}

/** Appends some submissions again, under another number. */
function sendTwice(membership: Membership): Membership {
  const { log, replica } = membership;
  const numbers = new Map<number, number>();
  let sent = 0;
  return changeLog(membership, {
    append(n, command) {
      sent += 1;
      numbers.set(sent, n);
      const appended = log.append(sent, command);
      if (command.type !== 'submit' || n % 5 !== 0) return appended;
      sent += 1;
      return Promise.all([appended, log.append(sent, command)]).then(() => undefined);
    },
    open: (after, apply) =>
      log.open(after, (logged) =>
        apply(logged.by === replica ? { ...logged, n: numbers.get(logged.n) ?? 0 } : logged),
      ),
  });
}

function forgetAcknowledgments(courier: Courier): Courier {
  return {
    ...courier,
    async post(url, prepare) {
      const result = await courier.post(url, prepare);
      if (result?.outcome !== 'acknowledged' || result.durationMs % 3 !== 0) return result;
      return { ...result, outcome: 'interrupted', detail: 'the answer was not read' };
    },
  };
}

const BUGS: Readonly<Record<string, SeededBug>> = {
  'misses-are-final': {
    summary: 'a replica that does not know a task does not read the log before it says so',
    violates: ['found'],
    tampering: {
      commands: (commands) => Object.create(commands, { caughtUp: { value: () => null } }) as typeof commands,
    },
  },
  'lease-is-ignored': {
    summary: 'a replica that was paused or cut off answers from the state it had',
    violates: ['forward'],
    under: { clock: 'virtual', replicas: 2, concurrency: null, rateLimit: 'off' },
    deeds: [
      { type: 'submit', at: 0, call: 0, on: 0, account: 1, operation: 0, scenario: 'callback.never' },
      { type: 'advance', at: 200, on: 0, durationMs: 10_000 },
      { type: 'disconnect', at: 1_500, on: 1, durationMs: 8_000 },
      { type: 'advance', at: 5_000, on: 0, durationMs: 600_000 },
      { type: 'poll', at: 7_000, call: 0, on: 0 },
      { type: 'poll', at: 7_500, call: 0, on: 1 },
    ],
    tampering: {
      commands: (commands) => Object.create(commands, { current: { value: () => null } }) as typeof commands,
    },
  },
  'believes-to-be-alone': {
    summary: 'a replica takes all others for dead: it does not wait for them, and ends their attempts',
    violates: ['acknowledged', 'agree', 'forward', 'found'],
    under: { replicas: 3 },
    tampering: {
      membership: (membership) => ({
        ...membership,
        members: Object.create(membership.members, {
          live: { value: async () => [membership.replica] },
        }) as Membership['members'],
      }),
    },
  },
  'acknowledgement-is-dropped': {
    summary: 'some acknowledgements are recorded as interruptions',
    violates: ['acknowledged'],
    tampering: { courier: forgetAcknowledgments },
  },
  'one-retry-too-many': {
    summary: 'a delivery is attempted once more than its policy allows',
    violates: ['policy'],
    under: { retries: 0 },
    tampering: {
      settings: (settings) => ({
        ...settings,
        delivery: { ...settings.delivery, retries: (settings.delivery.retries ?? 0) + 1 },
      }),
    },
  },
  'one-slot-too-many': {
    summary: 'an account gets one slot more than its limit',
    violates: ['limits'],
    under: { concurrency: 1 },
    tampering: {
      settings: (settings) => ({
        ...settings,
        concurrency: settings.concurrency === null ? null : settings.concurrency + 1,
      }),
    },
  },
  'window-is-short': {
    summary: 'submissions are counted in half of the window',
    violates: ['limits'],
    under: { rateLimit: '5/2s', clock: 'virtual' },
    tampering: {
      settings: (settings) => ({
        ...settings,
        rate:
          settings.rate === null || settings.rate === 'as-documented'
            ? settings.rate
            : { ...settings.rate, perMs: settings.rate.perMs / 2 },
      }),
    },
  },
  'command-is-applied-twice': {
    summary: 'a replica applies some commands again',
    violates: ['agree', 'once'],
    tampering: {
      membership: applyOther((logged, apply) => {
        apply(logged);
        if (logged.command.type === 'submit' && logged.seq % 7 === 0) apply(logged);
      }),
    },
  },
  'own-clock': {
    summary: 'the first replica uses its own time in place of that of the command',
    violates: ['agree'],
    tampering: {
      membership: (membership) =>
        membership.replica === 'r1'
          ? applyOther((logged, apply) => apply({ ...logged, wallAt: logged.wallAt + 1 }))(membership)
          : membership,
    },
  },
  'resend-is-new': {
    summary: 'a submission that is sent again is appended again',
    violates: ['once'],
    tampering: {
      membership: sendTwice,
    },
  },
  'snapshot-without-schedule': {
    summary: 'a snapshot does not have the moments at which tasks are due',
    violates: ['snapshots', 'agree', 'settled'],
    under: { snapshotAfter: 40 },
    tampering: {
      membership: saveOther(([name, part]) => {
        if (name !== 'replica') return [name, part];
        const { schedule, ...rest } = part as { readonly schedule: { readonly retired: unknown } };
        return [name, { ...rest, schedule: { ...schedule, due: [] } }];
      }),
    },
  },
  'snapshot-without-attempts': {
    summary: 'a snapshot does not have the attempts that are not over',
    violates: ['snapshots', 'agree', 'settled'],
    under: { snapshotAfter: 40 },
    tampering: {
      membership: saveOther(([name, part]) =>
        name === 'replica' ? [name, { ...(part as object), attempts: [] }] : [name, part],
      ),
    },
  },
  'text-is-lost': {
    summary: 'a replica reads some submissions without their text',
    violates: ['sound'],
    tampering: {
      membership: applyOther((logged, apply) => {
        const { command } = logged;
        if (command.type !== 'submit' || logged.seq % 5 !== 0) return apply(logged);
        apply({ ...logged, command: { ...command, bodyText: null as never } });
      }),
    },
  },
  'jobs-of-the-dead': {
    summary: 'no one ends the attempts of a replica that has died',
    violates: ['settled'],
    under: { replicas: 3, fatesPerSecond: 1 },
    tampering: {
      membership: (membership) =>
        changeLog(membership, {
          append: (n, command) =>
            command.type === 'end-attempt' && command.token === null
              ? new Promise(() => undefined)
              : membership.log.append(n, command),
        }),
    },
  },
};

export const SEEDED_BUGS: ReadonlyMap<string, SeededBug> = new Map(Object.entries(BUGS));
