import type { PackStage } from '../../../fixtures/pack-stage.ts';
import { operationsOf, submitOperations } from '../../../fixtures/pack-stage.ts';
import type { Reaction, ScriptedReceiver } from '../../../fixtures/receivers/scripted-receiver.ts';
import type { MockServerOptions, Pack } from '../../../mock-server/index.ts';
import { announcing, main, signalsOf } from './promises.ts';
import { requiredFields } from './request-fields.ts';

/** Behavior required of every vendor's mock; the expected values come from the pack. */
export interface Case {
  readonly title: string;
  /** Features that the vendor must have; vendors without them skip the case. */
  readonly needs?: readonly Feature[];
  run(pack: Pack, openStage: OpenStage): Promise<void>;
}

/** Opens a mock with a single pack, and a receiver that follows the script. */
export type OpenStage = (pack: Pack, options?: StageOptions, script?: readonly Reaction[]) => Promise<Stage>;

export interface StageOptions extends MockServerOptions {
  /** Limits submissions as the pack does; without it, only `rateLimit` limits them. */
  readonly rateAsDocumented?: true;
}

export interface Stage extends PackStage {
  readonly receiver: ScriptedReceiver;
}

export type Feature = keyof typeof FEATURES;

/** Features that only some vendors have. */
export const FEATURES = {
  callbacks: (pack) => announcing(pack).length > 0,
  'retries of the last signal': (pack) => announcing(pack).some((one) => signalsOf(one).at(-1)?.retried),
  signature: ({ signer }) => signer !== null,
  filter: ({ events }) => some(events, ({ wantedBy }) => wantedBy !== null),
  'an abandoned state': ({ kinds }) => some(kinds, ({ ends }) => ends.abandoned !== null),
  'a required field': (pack) => requiredFields(pack, main(pack)).length > 0,
  cancel: (pack) => operationsOf(pack, 'cancel').length > 0,
  'a task list': (pack) => operationsOf(pack, 'list').length > 0,
  'task removal': (pack) => operationsOf(pack, 'delete').length > 0,
  'answers without a task': (pack) => operationsOf(pack, 'answer').length > 0,
  'a secret endpoint': (pack) => operationsOf(pack, 'answer').some(({ needsSecret }) => needsSecret),
  'a task limit': ({ kinds }) =>
    some(kinds, ({ concurrencyFailure, waitsWithoutEnd }) => concurrencyFailure !== null || waitsWithoutEnd),
  'a submission limit': ({ rate }) => rate !== null,
  progress: (pack) => operationsOf(pack, 'poll').some(({ moving }) => moving.size > 0),
  parents: (pack) => submitOperations(pack).some(({ parent }) => parent !== null),
} satisfies Readonly<Record<string, (pack: Pack) => boolean | undefined>>;

export function appliesTo({ needs = [] }: Case, pack: Pack): boolean {
  return needs.every((feature) => FEATURES[feature](pack));
}

function some<Value>(values: ReadonlyMap<string, Value>, test: (value: Value) => boolean): boolean {
  return [...values.values()].some(test);
}
