import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { Account, JsonObject } from '../core/types.ts';
import { createClock } from '../delivery/clock.ts';
import type { Courier } from '../delivery/courier.ts';
import type { SavedPart } from '../journal/fold.ts';
import { createJournal } from '../journal/journal.ts';
import type { JournalEvent, Stamp } from '../journal/journal-entry.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { createMetrics } from '../journal/metrics.ts';
import type { UsePast } from '../journal/read-past.ts';
import type { OpenEntry } from '../journal/unpack-entry.ts';
import { readSettings } from '../options.ts';
import { loadPack } from '../packs/load-pack.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { createEngine, type Engine } from './engine.ts';

const pack = loadPack(join(PACKAGE_ROOT, 'spec', 'runway'));
const packs = new Map([[pack.name, pack]]);
const [operation] = pack.operations.filter((one): one is SubmitOperation => one.type === 'submit');
if (operation === undefined) throw new Error('the pack has no operation that submits');
const submit = operation;

/** A snapshot whose parts are read one by one while further entries are appended. */
interface Capture {
  readonly stamp: Stamp;
  readonly rest: Generator<SavedPart>;
  readonly parts: SavedPart[];
}

/** An engine without disk and network. Its entries are recorded, and it writes snapshots when a test requests them. */
function createWorld(answers: readonly boolean[] = []) {
  const entries: OpenEntry[] = [];
  const captures: Capture[] = [];
  let isWanted = false;
  let posts = 0;
  const file = {
    append: (entry) => void entries.push(structuredClone(entry)),
    durable: () => null,
    written: () => null,
    refusal: () => null,
    snapshotIfDue(stamp, save) {
      for (const { rest, parts } of captures) take(rest, parts);
      if (!isWanted) return;
      isWanted = false;
      // Like the file, at most one at a time.
      for (const { rest, parts } of captures) parts.push(...rest);
      const capture: Capture = { stamp, rest: save(), parts: [] };
      take(capture.rest, capture.parts);
      captures.push(capture);
    },
  } satisfies Partial<JournalFile> as unknown as JournalFile;
  const courier: Courier = {
    async post(_url, begin) {
      if ((await begin()) === null) return null;
      posts += 1;
      const isGood = answers[posts % answers.length] ?? true;
      return {
        outcome: isGood ? 'acknowledged' : 'rejected',
        status: isGood ? 200 : 500,
        firstByteMs: 0,
        durationMs: 0,
        answer: '',
        detail: null,
      };
    },
    interrupt: () => undefined,
    close: async () => undefined,
  };
  const settings = readSettings(
    { clock: 'virtual', concurrency: 3, queue: 2, keep: 4, rateLimit: '9/1h' },
    'test',
  );
  const clock = createClock('virtual');
  const journal = createJournal({ now: clock.now, wallNow: () => 5, keep: 10_000, file });
  const engine = createEngine({ packs, clock, journal, courier, settings });
  createMetrics(journal, {});
  return {
    engine,
    journal,
    entries,
    captures,
    wantSnapshot() {
      isWanted = true;
    },
    /** Everything that is saved, and the number of the entry that it follows. */
    state(): { readonly seq: number; readonly parts: readonly SavedPart[] } {
      isWanted = true;
      journal.append({ type: 'scenario.cleared', account: 'nobody' as Account });
      const capture = captures.at(-1);
      if (capture === undefined) throw new Error('no snapshot was taken');
      capture.parts.push(...capture.rest);
      return { seq: capture.stamp.seq, parts: capture.parts.map(sorted) };
    },
  };
}

type World = ReturnType<typeof createWorld>;

/** Takes the next part as it would be read from a file. */
function take(rest: Generator<SavedPart>, parts: SavedPart[]): void {
  const { value, done } = rest.next();
  if (done !== true) parts.push(JSON.parse(JSON.stringify(value)) as SavedPart);
}

/** The order of fingerprints in a hash table depends on its history, and has no effect. */
function sorted([name, part]: SavedPart): SavedPart {
  const plain = JSON.parse(JSON.stringify(part)) as { readonly counts: readonly number[] };
  if (name !== 'submission-counts') return [name, plain];
  const pairs = plain.counts.flatMap((fingerprint, at) =>
    at % 2 === 0 ? [[fingerprint, plain.counts[at + 1]]] : [],
  );
  return [name, { ...plain, counts: pairs.sort(([a = 0], [b = 0]) => a - b) }];
}

type Command =
  | { readonly type: 'submit'; readonly prompt: number; readonly account: number; readonly scenario: string }
  | { readonly type: 'poll' | 'download' | 'redeliver' | 'amend' | 'withdraw'; readonly task: number }
  | { readonly type: 'advance'; readonly minutes: number }
  | { readonly type: 'queue' | 'take' | 'clear'; readonly account: number }
  | { readonly type: 'snapshot' };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('submit' as const),
      prompt: fc.nat(2),
      account: fc.nat(1),
      scenario: fc.constantFrom('success', 'fail.nsfw', 'callback.duplicate', 'callback.lost-ack'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('poll', 'download', 'redeliver', 'amend', 'withdraw'),
      task: fc.nat(8),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('advance' as const), minutes: fc.nat(90) }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('queue', 'take', 'clear'), account: fc.nat(1) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('snapshot' as const) }) },
);

const accountOf = (n: number): Account => `key-${n}` as Account;

function submission({ prompt, account, scenario }: Extract<Command, { type: 'submit' }>, engine: Engine) {
  const request: JsonObject = { prompt: `${prompt}`, callBackUrl: 'http://127.0.0.1:9/' };
  return {
    pack,
    operation: submit,
    account: accountOf(account),
    request,
    bodyText: JSON.stringify(request),
    scenario: engine.scenarios.parse(pack, scenario),
    origin: 'http://media.test',
  };
}

const OBSERVED = {
  'request.answered': {
    type: 'request.answered',
    route: 'operation',
    pack: pack.name,
    operation: 'poll',
    does: 'poll',
    meant: null,
    account: accountOf(0),
    taskId: null,
    method: 'GET',
    url: '',
    headers: {},
    requestBody: '',
    status: 200,
    answer: '',
    error: null,
    state: null,
    retryAfter: null,
    durationMs: 0,
  },
  'media.served': {
    type: 'media.served',
    taskId: null,
    name: 'video.mp4',
    method: 'GET',
    range: null,
    hasKey: false,
    status: 200,
    bytesSent: 1,
    bytesTotal: 1,
    start: 0,
    fileSize: 1,
    completed: true,
    whole: true,
    durationMs: 0,
  },
  'sink.received': { type: 'sink.received', url: '', n: 1, status: 200, body: '' },
  'pack.reloaded': { type: 'pack.reloaded', pack: pack.name, profile: 'documented' },
  'pack.refused': { type: 'pack.refused', pack: pack.name, problem: '' },
} as const satisfies Record<string, JournalEvent>;

function actOn({ engine, journal }: World, type: string, index: number): void {
  const all = [...engine.tasks.all()];
  const task = all[index % all.length];
  if (task === undefined) return;
  const { taskId } = task.plan;
  if (type === 'poll') journal.append({ ...OBSERVED['request.answered'], taskId });
  else if (type === 'download') journal.append({ ...OBSERVED['media.served'], taskId });
  else if (type === 'redeliver') engine.redeliver(taskId);
  else if (type === 'amend') engine.amend(taskId, 'fail.nsfw');
  else engine.withdraw(task);
}

async function perform(world: World, one: Command): Promise<void> {
  const { engine } = world;
  try {
    if (one.type === 'submit') engine.submit(submission(one, engine));
    else if (one.type === 'advance') await engine.advance(one.minutes * 60_000);
    else if (one.type === 'snapshot') world.wantSnapshot();
    else if (one.type === 'queue')
      engine.scenarios.enqueue('fail.nsfw', { times: 2, account: accountOf(one.account) });
    else if (one.type === 'take') engine.scenarios.take(accountOf(one.account), pack);
    else if ('account' in one) engine.scenarios.clear(accountOf(one.account));
    else actOn(world, one.type, one.task);
  } catch (error) {
    // A task that cannot be changed in its present state.
    expect(error).toMatchObject({ code: expect.stringMatching(/^(TASK_FINISHED|NO_CALLBACK)$/) });
  }
}

function restored(read: (use: UsePast) => void): World {
  const world = createWorld();
  world.engine.restore(read);
  return world;
}

function applyAll({ entry }: UsePast, entries: readonly OpenEntry[]): void {
  for (const one of entries) expect(entry(structuredClone(one))).toBeNull();
}

describe('a snapshot', () => {
  it('and the entries after it give the same state as all entries, also when the state changes while it is written', async () => {
    let compared = 0;
    const history = fc.tuple(
      fc.array(command, { minLength: 5, maxLength: 60 }),
      fc.array(fc.boolean(), { minLength: 1 }),
    );
    await fc.assert(
      fc.asyncProperty(history, async ([commands, answers]) => {
        const live = createWorld(answers);
        for (const one of commands) await perform(live, one);
        await live.engine.settled();
        const entries = [...live.entries];
        const snapshots = live.captures.map(({ stamp, rest, parts }) => ({
          stamp,
          parts: [...parts, ...rest],
        }));
        const whole = restored((use) => applyAll(use, entries)).state();
        for (const { stamp, parts } of snapshots) {
          const world = restored((use) => {
            for (const part of parts) use.part(JSON.parse(JSON.stringify(part)) as SavedPart);
            use.snapshot(stamp);
            applyAll(
              use,
              entries.filter(({ seq }) => seq > stamp.seq),
            );
          });
          expect(world.state()).toEqual(whole);
          compared += 1;
        }
      }),
      { numRuns: Number(process.env.STUNTDOUBLE_HISTORIES ?? 100) },
    );
    expect(compared).toBeGreaterThan(20);
  });
});

describe('an observation', () => {
  const COUNTED: Readonly<Record<string, readonly string[]>> = {
    'request.answered': ['metrics', 'tasks'],
    'media.served': ['metrics', 'tasks'],
    'sink.received': [],
    'pack.reloaded': [],
    'pack.refused': [],
  };

  it.each(Object.values(OBSERVED))('changes only the folds that count it: $type', async (event) => {
    const world = createWorld();
    world.engine.submit(
      submission({ type: 'submit', prompt: 1, account: 0, scenario: 'success' }, world.engine),
    );
    const [task] = world.engine.tasks.all();
    const before = world.state().parts;
    world.journal.append({ ...event, ...('taskId' in event ? { taskId: task?.plan.taskId ?? null } : {}) });
    const after = world.state().parts;
    const changed = after.filter((part, index) => JSON.stringify(part) !== JSON.stringify(before[index]));
    expect([...new Set(changed.map(([name]) => name))].sort()).toEqual(COUNTED[event.type]);
  });
});
