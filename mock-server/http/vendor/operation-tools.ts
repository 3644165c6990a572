import type { Commands } from '../../engine/commands.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Settings } from '../../engine/settings.ts';
import type { Journal } from '../../journal/journal.ts';
import type { OriginOf } from '../origin.ts';
import type { AfterSaving } from './after-saving.ts';
import type { Refusals } from './refusals.ts';
import type { VendorAnswers } from './vendor-answers.ts';

/** The parts of a mock that operations use. */
export interface OperationTools {
  readonly engine: Engine;
  readonly commands: Commands;
  readonly journal: Pick<Journal, 'isKept'>;
  readonly settings: Pick<Settings, 'secret' | 'seed' | 'slowAnswerMs' | 'retryAfterS'>;
  readonly answers: VendorAnswers;
  readonly refusals: Pick<Refusals, 'refuse' | 'refuseBecause'>;
  readonly afterSaving: AfterSaving;
  readonly originOf: OriginOf;
}
