import type { PackStage } from '../../fixtures/pack-stage.ts';
import { operationsOf, submitOperations } from '../../fixtures/pack-stage.ts';
import type { Reaction, ScriptedReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import type { MockServerOptions, Pack } from '../../mock-server/index.ts';
import { announcing, signalsOf } from './promises.ts';

/** Something that every vendor's mock must do, whoever the vendor is: what is expected is read from the pack. */
export interface Case {
  readonly title: string;
  /** What a vendor must have for it; every vendor has the rest. */
  readonly needs?: readonly Feature[];
  run(pack: Pack, play: Play): Promise<void>;
}

/** Opens a mock with one pack alone, and a receiver that follows the script. */
export type Play = (pack: Pack, options?: PlayOptions, script?: readonly Reaction[]) => Promise<Stage>;

export interface PlayOptions extends MockServerOptions {
  /** Submissions are limited as the pack says; else they are not, unless `rateLimit` says so. */
  readonly rateAsDocumented?: true;
}

export interface Stage extends PackStage {
  readonly told: ScriptedReceiver;
}

export type Feature = keyof typeof FEATURES;

/** What some vendors have and others have not. */
export const FEATURES = {
  callbacks: (pack) => announcing(pack).length > 0,
  'a last signal that is retried': (pack) => announcing(pack).some((one) => signalsOf(one).at(-1)?.retried),
  signature: ({ signer }) => signer !== null,
  filter: ({ events }) => some(events, ({ wantedBy }) => wantedBy !== null),
  'an abandoned state': ({ kinds }) => some(kinds, ({ ends }) => ends.abandoned !== null),
  cancel: (pack) => operationsOf(pack, 'cancel').length > 0,
  'a list': (pack) => operationsOf(pack, 'list').length > 0,
  'a way to remove tasks': (pack) => operationsOf(pack, 'delete').length > 0,
  'plain answers': (pack) => operationsOf(pack, 'answer').length > 0,
  'a secret to ask for': (pack) => operationsOf(pack, 'answer').some(({ needsSecret }) => needsSecret),
  'a limit of tasks': ({ kinds }) =>
    some(kinds, ({ concurrencyFailure, waitsWithoutEnd }) => concurrencyFailure !== null || waitsWithoutEnd),
  'a limit of submissions': ({ rate }) => rate !== null,
  progress: (pack) => operationsOf(pack, 'poll').some(({ moving }) => moving.size > 0),
  parents: (pack) => submitOperations(pack).some(({ parent }) => parent !== null),
} satisfies Readonly<Record<string, (pack: Pack) => boolean | undefined>>;

export function appliesTo({ needs = [] }: Case, pack: Pack): boolean {
  return needs.every((feature) => FEATURES[feature](pack));
}

function some<Value>(values: ReadonlyMap<string, Value>, test: (value: Value) => boolean): boolean {
  return [...values.values()].some(test);
}
