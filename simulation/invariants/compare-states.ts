import type { Settings } from '../../mock-server/engine/settings.ts';
import type { SavedPart } from '../../mock-server/journal/fold.ts';
import { openEntry } from '../../mock-server/journal/unpack-entry.ts';
import type { LoadedPacks } from '../../mock-server/packs/loaded-packs.ts';
import type { Crew, Member } from '../crew.ts';
import type { Lives } from '../lives.ts';
import type { Schedule } from '../schedule.ts';
import type { SimulatedStore } from '../store/simulated-store.ts';
import { parseSnapshot } from '../store/snapshot-server.ts';
import type { Tampering } from '../tampering.ts';
import type { StateStream } from './state-stream.ts';
import type { Report } from './violation.ts';

export interface Compared {
  readonly schedule: Schedule;
  readonly store: SimulatedStore;
  readonly crew: Crew;
  readonly lives: Lives;
  readonly stream: StateStream;
  readonly packs: LoadedPacks;
  readonly settings: Settings;
  readonly tampering: Tampering;
  readonly report: Report;
  isFailed(): boolean;
}

const COUNTS = 'submission-counts';
const CONTEXT = 150;
const PARTS = '"parts":[';
/** Snapshots of one world from which the state is built again, which takes as long as a replica. */
const MOST_SNAPSHOTS = 3;
const WAIT_MS = 60_000;
const TICK = JSON.stringify({ type: 'tick' });

/** Compares the whole state of all replicas when nothing is due anymore. */
export async function compareStates(compared: Compared): Promise<void> {
  const { schedule, crew, store, lives, stream, report, isFailed } = compared;
  const live = crew.ready().length;
  const saved = spread(store.snapshots.all, MOST_SNAPSHOTS);
  for (const one of saved) crew.startFrom(one);
  const count = live + saved.length;
  await schedule.runUntil(() => isFailed() || crew.ready().length === count, schedule.now + WAIT_MS);
  const members = crew.ready();
  if (members.length < count) return report('snapshots', 'a replica cannot join from a snapshot');
  let gathered = 0;
  for (const { commands } of members) {
    Promise.resolve(commands.gathered()).then(
      () => {
        gathered += 1;
      },
      (error: unknown) => report('settled', `the journal could not be gathered: ${String(error)}`),
    );
  }
  await schedule.runUntil(() => isFailed() || gathered === members.length, schedule.now + WAIT_MS);
  if (gathered < members.length) return report('settled', 'the journal of a replica is not complete');
  for (const life of lives.all()) {
    const loser = members.find(({ engine }) => engine.tasks.get(life.taskId) === undefined);
    if (!life.mayBeGone && loser !== undefined)
      report('found', `${loser.fleet.replica} has lost ${life.taskId}`);
  }
  compareJournals(members, report);
  // A snapshot that was claimed earlier is written after the first command.
  store.snapshots.pause();
  await tick(compared, 1);
  store.snapshots.compareNow();
  await tick(compared, 2);
  await tick(compared, 3);
  const late = members.find(({ watched }) => watched?.derived !== stream.length);
  if (late !== undefined) report('agree', `${late.fleet.replica} derived fewer entries than others`);
  compareTexts(members, live, store, report);
}

/** Returns at most a number of values, spread evenly. */
function spread<Value>(values: readonly Value[], most: number): readonly Value[] {
  const step = Math.max(1, values.length / most);
  return values.filter((_, index) => Math.floor(index / step) > Math.floor((index - 1) / step));
}

async function tick({ store, schedule, isFailed }: Compared, n: number): Promise<void> {
  store.log.append('operator', [{ n, text: TICK }]);
  await schedule.runUntil(isFailed, schedule.now + 2_000);
}

function compareJournals(members: readonly Member[], report: Report): void {
  const texts = members.map(({ journal }) =>
    journal.entries().map((entry) => JSON.stringify(openEntry(entry, journal.secrets))),
  );
  const [first = []] = texts;
  for (const [index, other] of texts.entries()) {
    const at = first.findIndex((text, place) => text !== other[place]);
    if (at < 0 && first.length === other.length) continue;
    const place = at < 0 ? first.length : at;
    report(
      'agree',
      `entry ${place} of ${members[index]?.fleet.replica}: ${other[place]}, of another: ${first[place]}`,
    );
  }
}

/** Compares what each replica would save. */
/** @param live the number of replicas that were not started from a certain snapshot */
function compareTexts(members: readonly Member[], live: number, store: SimulatedStore, report: Report): void {
  const saved = members.map(({ fleet }) => store.snapshots.compared.get(fleet.replica ?? ''));
  const [first] = saved;
  for (const [index, other] of saved.entries()) {
    const name = members[index]?.fleet.replica;
    if (other === undefined || first === undefined) report('settled', `${name} has not saved its state`);
    else
      explainDifference(first.text, other.text, (difference) =>
        report(index < live ? 'agree' : 'snapshots', `${name} would save ${difference}`),
      );
  }
}

function explainDifference(expected: string, actual: string, found: (difference: string) => void): void {
  // Parsing takes long, and the texts are nearly always equal.
  const [expectedParts, actualParts] = [expected, actual].map((text) => text.slice(text.indexOf(PARTS)));
  if (expectedParts === actualParts) return;
  const [a, b] = [expected, actual].map((text) => [...parseSnapshot(text).parts].map(textOf));
  const at = (a ?? []).findIndex((part, index) => part !== b?.[index]);
  if (at < 0 && a?.length === b?.length) return;
  const index = at < 0 ? Math.min(a?.length ?? 0, b?.length ?? 0) : at;
  const [expectedPart = '', actualPart = ''] = [a?.[index], b?.[index]];
  const from = Math.max(0, firstDifference(expectedPart, actualPart) - CONTEXT);
  const [shown, other] = [actualPart, expectedPart].map((part) => part.slice(from, from + 3 * CONTEXT));
  found(`…${shown} in part ${index}, another replica …${other}`);
}

function firstDifference(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a[index] === b[index]) index += 1;
  return index;
}

/** The order in a hash table depends on the order in which its keys came, and means nothing. */
function textOf([name, part]: SavedPart): string {
  const { counts } = part as { readonly counts?: unknown };
  if (name !== COUNTS || !Array.isArray(counts)) return JSON.stringify([name, part]);
  const pairs = Array.from({ length: counts.length / 2 }, (_, n) => `${counts[2 * n]}=${counts[2 * n + 1]}`);
  return JSON.stringify([name, { ...(part as object), counts: pairs.sort() }]);
}
