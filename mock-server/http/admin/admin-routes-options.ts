import type { Clock } from '../../delivery/clock.ts';
import type { Commands } from '../../engine/commands.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Metrics } from '../../journal/metrics.ts';
import type { Pack } from '../../packs/pack.ts';
import type { Accounts } from '../accounts.ts';
import type { Intake } from '../intake.ts';
import type { Router } from '../vendor/router.ts';
import type { AdminGuard } from './admin-guard.ts';
import type { Judge } from './verdicts.ts';

/** What the admin API needs of a mock. Free of Express, because the public types include it. */
export interface AdminRoutesOptions {
  readonly packs: readonly Pack[];
  /** Knows where each pack is served. */
  readonly router: Pick<Router, 'places'>;
  readonly engine: Engine;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly accounts: Accounts;
  readonly metrics: Metrics;
  readonly settings: Settings;
  readonly intake: Intake;
  readonly guard: AdminGuard;
  readonly judge: Judge | null;
  /** Returns why the journal cannot be written to disk at present, or null. */
  readonly trouble: () => string | null;
  readonly presence: {
    /** Why a load balancer should send no calls here; null when it may. */
    readonly absence: string | null;
    /** The id of this replica; null when the mock shares no state. */
    readonly replica: string | null;
    readonly replicas: readonly string[];
  };
}
