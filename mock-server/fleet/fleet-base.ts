import type { Courier } from '../delivery/courier.ts';
import type { Engine } from '../engine/engine.ts';
import type { Journal } from '../journal/journal.ts';
import type { Secrets } from '../journal/secrets.ts';
import type { Pack } from '../packs/pack.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetCourier } from './fleet-courier.ts';
import type { Numbering } from './numbering.ts';
import type { Observations } from './observations.ts';
import type { Store } from './store.ts';
import type { Timers } from './timers.ts';
import type { AttemptJob } from './work-queue.ts';

/** The parts of a mock that it joins with. */
export interface JoiningParts {
  readonly store: Store;
  readonly fingerprint: string;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly packs: ReadonlyMap<string, Pack>;
  /** Makes the attempts of this replica. */
  readonly courier: Courier;
  /** The number of commands after which a snapshot is due; 20,000 by default. */
  readonly snapshotAfter?: number;
}

/** The parts of a fleet that exist before the engine. */
export interface FleetBase {
  readonly clock: FleetClock;
  readonly numbering: Numbering;
  readonly attempts: FleetCourier;
  readonly observations: Observations;
  readonly secrets: Secrets;
  /** Learns what requests must not show in the journal. */
  readonly observed: Secrets;
  readonly timers: Timers;
  /** The attempts that became due in the command that is being applied. */
  readonly due: AttemptJob[];
}
