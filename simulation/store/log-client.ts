import type { CommandLog, LoggedCommand } from '../../mock-server/fleet/command-log.ts';
import { unreachable } from '../../mock-server/fleet/store-errors.ts';
import type { Chance } from '../chance.ts';
import type { Host } from '../host.ts';
import type { LogServer, SentCommand } from './log-server.ts';

export interface LogClientOptions {
  readonly replica: string;
  readonly server: LogServer;
  readonly host: Host;
  readonly chance: Chance;
  readonly now: () => number;
}

/** The log as one replica sees it, through a network. */
export function createLogClient(options: LogClientOptions): CommandLog {
  const { replica, server, host, chance, now } = options;
  const reader = createReader(options);
  const append = createOutbox((batch) => host.call(() => server.append(replica, batch)));
  // The fastest reply was on its way for this time.
  const lagMs = chance.next() * 2;
  let isClosed = false;

  return {
    append: (n, command) => (isClosed ? Promise.reject(unreachable()) : append(n, JSON.stringify(command))),
    async open(after, apply) {
      await host.call(() => server.refuseTrimmed(after));
      reader.open(after, apply);
      await reader.reach(await host.call(() => server.place));
    },
    async caughtUp() {
      const end = await host.call(() => server.place);
      await reader.reach(end);
      return end;
    },
    now: () => Math.floor(now() - lagMs),
    trim: (upTo) => host.call(() => server.trim(upTo)),
    get trouble() {
      return host.isConnected ? null : unreachable().message;
    },
    async close() {
      isClosed = true;
      reader.close();
    },
  };
}

/** Sends commands in batches, one batch at a time, so that they arrive in order. */
function createOutbox(send: (batch: readonly SentCommand[]) => Promise<void>) {
  let waiting: (SentCommand & { readonly resolve: () => void; readonly reject: (error: unknown) => void })[] =
    [];
  let isSending = false;

  function pump(): void {
    if (isSending || waiting.length === 0) return;
    isSending = true;
    const batch = waiting;
    waiting = [];
    const end = (settle: (one: (typeof batch)[number]) => void): void => {
      isSending = false;
      for (const one of batch) settle(one);
      pump();
    };
    send(batch.map(({ n, text }) => ({ n, text }))).then(
      () => end(({ resolve }) => resolve()),
      (error: unknown) => end(({ reject }) => reject(error)),
    );
  }

  return (n: number, text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ n, text, resolve, reject });
      // What is appended in one turn is one batch.
      queueMicrotask(pump);
    });
}

const OFFLINE_MS = 100;
const MOST_AT_ONCE = 16;
const REPEATED = 0.02;

interface Waiter {
  readonly place: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Reads with delays, in pieces of any size, and some pieces twice. */
function createReader({ server, host, chance }: LogClientOptions) {
  let place = 0;
  let apply: ((logged: LoggedCommand) => void) | null = null;
  let isAwake = false;
  let waiters: Waiter[] = [];
  let unsubscribe = (): unknown => undefined;

  function deliver(commands: readonly LoggedCommand[]): void {
    for (const command of commands) {
      // A piece that is read twice must not be applied twice.
      if (command.seq <= place || apply === null) continue;
      place = command.seq;
      apply(command);
    }
  }

  /** A replica that was away for so long that commands were trimmed is ended by whoever watches over it. */
  function readOn(limit: number): readonly LoggedCommand[] | null {
    try {
      return server.read(place, limit);
    } catch {
      host.crash();
      return null;
    }
  }

  function settle(): void {
    const reached = waiters.filter((one) => one.place <= place);
    if (reached.length === 0) return;
    waiters = waiters.filter((one) => one.place > place);
    for (const { resolve } of reached) resolve();
  }

  function step(): void {
    isAwake = false;
    if (apply === null) return;
    if (!host.isConnected) return wakeIn(OFFLINE_MS);
    const end = server.place;
    const limit = chance.between(1, MOST_AT_ONCE);
    const commands = readOn(limit);
    if (commands === null) return;
    deliver(commands);
    if (commands.length < limit) place = Math.max(place, end);
    if (chance.happens(REPEATED)) host.after(chance.delay(2, 200), () => deliver(commands));
    settle();
    if (place < end) wakeIn(0);
  }

  function wakeIn(delayMs: number): void {
    if (isAwake) return;
    isAwake = true;
    host.after(delayMs, step);
  }

  const wake = (): void => wakeIn(0.1 + chance.delay(1, 400));

  return {
    open(after: number, applyTo: (logged: LoggedCommand) => void): void {
      place = after;
      apply = applyTo;
      unsubscribe = server.subscribe(wake);
      wake();
    },
    reach(wanted: number): Promise<void> {
      if (wanted <= place) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiters.push({ place: wanted, resolve, reject });
        wake();
      });
    },
    close(): void {
      apply = null;
      unsubscribe();
      for (const { reject } of waiters) reject(unreachable());
      waiters = [];
    },
  };
}
