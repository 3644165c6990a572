import type { RequestHandler } from 'express';
import type { Clock } from '../../delivery/clock.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Metrics } from '../../journal/metrics.ts';
import type { Pack } from '../../packs/pack.ts';
import type { Accounts } from '../accounts.ts';
import type { Intake } from '../intake.ts';
import type { AdminGuard } from './admin-guard.ts';
import type { Judge } from './verdicts.ts';

/** The parts of a mock that the calls use, and a reader for their bodies. */
export interface AdminTools extends AdminRoutesOptions {
  /** Reads the JSON body of a call. */
  readonly json: RequestHandler;
}

export interface AdminRoutesOptions {
  readonly packs: readonly Pack[];
  readonly engine: Engine;
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
}
