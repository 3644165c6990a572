import type { SavedPart } from '../journal/fold.ts';
import type { LoggedCommand } from './command-log.ts';
import type { Observations } from './observations.ts';
import type { Membership } from './store.ts';

/** Commands after which a snapshot is due. */
const SNAPSHOT_AFTER = 20_000;

/** Saves a snapshot now and then, if no other replica does. */
export interface Saving {
  /** Must be called after each command was applied. */
  count(logged: LoggedCommand): void;
}

export interface SavingOptions {
  readonly membership: Pick<Membership, 'snapshots' | 'log'>;
  readonly observations: Pick<Observations, 'observed'>;
  /** Captures the state. */
  readonly parts: () => Iterable<SavedPart>;
  /** Commands after which a snapshot is due. */
  readonly after?: number | undefined;
}

export function createSaving(options: SavingOptions): Saving {
  const { membership, observations, parts, after = SNAPSHOT_AFTER } = options;
  const { snapshots, log } = membership;
  let since = 0;
  let wanted = false;

  async function save({ seq, wallAt }: LoggedCommand): Promise<void> {
    const { observed } = observations;
    const oldest = await snapshots.save({ seq, wallAt, observed, parts: parts() });
    // A replica that joins now may have looked for a snapshot before this one, and reads every command.
    if (oldest < seq) await log.trim(oldest);
  }

  return {
    count(logged) {
      since += 1;
      if (wanted) {
        // In the turn of the command whose state it has.
        wanted = false;
        save(logged).catch(() => undefined);
        return;
      }
      if (since < after) return;
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
