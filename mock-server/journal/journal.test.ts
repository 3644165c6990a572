import { afterEach, describe, expect, it } from 'vitest';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import type { Account } from '../core/types.ts';
import { createClock } from '../delivery/clock.ts';
import { createCourier } from '../delivery/courier.ts';
import { createCommands } from '../engine/apply-command.ts';
import { createEngine } from '../engine/engine.ts';
import { triggerEvent } from '../engine/trigger.ts';
import { readSettings } from '../options.ts';
import { builtInPackDirs, loadPack } from '../packs/load-pack.ts';
import { createJournal } from './journal.ts';
import type { JournalEvent, PackedEntry, RequestAnswered } from './journal-entry.ts';
import { createPlanPacker } from './packed-plan.ts';
import { createSecrets } from './secrets.ts';
import { reportTask } from './task-report.ts';
import { createTaskStore } from './task-store.ts';
import { closeEntry, type OpenEntry, openEntry } from './unpack-entry.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

function journalOf(keep = 100) {
  let now = 1000;
  return createJournal({ now: () => now++, wallNow: () => 5, keep, file: null });
}

const POLL: RequestAnswered = {
  type: 'request.answered',
  route: 'operation',
  pack: 'p',
  operation: 'poll',
  does: 'poll',
  meant: null,
  account: null,
  taskId: null,
  method: 'GET',
  url: '/poll?taskId=1',
  headers: {},
  requestBody: '',
  status: 200,
  answer: '{}',
  error: null,
  state: null,
  retryAfter: null,
  durationMs: 1,
};

const CLEARED: JournalEvent = { type: 'scenario.cleared', account: null };

describe('a journal that several replicas write', () => {
  it('continues from a snapshot without what was removed before it', () => {
    let next = 0;
    const create = () =>
      createJournal({
        ...{ now: () => 1, wallNow: () => 1, keep: 100, file: null },
        shared: {
          next: () => (next += 10),
          observe: () => undefined,
          secrets: createSecrets(),
          complete: Number.MAX_SAFE_INTEGER,
          follow: () => () => undefined,
          instance: null,
        },
      });
    const live = create();
    live.append({ type: 'server.reset' });
    live.clear(() => true);
    const joined = create();
    joined.continueWithout(live.removed);
    const numbers = [5, 15, 25];
    for (const journal of [live, joined]) {
      const counted: number[] = [];
      journal.subscribe(({ seq }) => counted.push(seq));
      for (const seq of numbers) journal.replay({ seq, at: 1, wallAt: 1, ...POLL });
      expect(counted).toEqual([15, 25]);
      expect(journal.entries().map(({ seq }) => seq)).toEqual([25]);
    }
  });
});

describe('the journal', () => {
  it('numbers and timestamps entries, and passes them to subscribers', () => {
    const journal = journalOf();
    const received: PackedEntry[] = [];
    const unsubscribe = journal.subscribe((record) => received.push(record));
    journal.append(CLEARED);
    unsubscribe();
    journal.append(CLEARED);
    expect(journal.entries().map(({ seq, at, wallAt }) => [seq, at, wallAt])).toEqual([
      [1, 1000, 5],
      [2, 1001, 5],
    ]);
    expect(received).toHaveLength(1);
  });

  it('keeps the newest entries up to its limit, and continues the numbering', () => {
    const journal = journalOf(3);
    for (let n = 0; n < 10; n++) journal.append(CLEARED);
    expect(journal.entries().map(({ seq }) => seq)).toEqual([8, 9, 10]);
    expect(journal.entries({ since: 9 }).map(({ seq }) => seq)).toEqual([10]);
    journal.clear(() => true);
    expect(journal.entries()).toEqual([]);
    expect(journal.append(CLEARED).seq).toBe(12);
  });

  it('filters by type and task', () => {
    const journal = journalOf();
    journal.append(POLL);
    journal.append({ type: 'server.reset' });
    expect(journal.entries({ type: 'server.reset' })).toHaveLength(1);
    expect(journal.entries({ taskId: 'none' })).toHaveLength(0);
  });

  it('masks a bearer key in every part of a request', () => {
    const journal = journalOf();
    const key = 'sk-very-secret';
    journal.append({
      ...POLL,
      url: `/poll?taskId=1&key=${key}`,
      headers: { authorization: `Bearer ${key}`, 'user-agent': 'test' },
      requestBody: `{"prompt":"${key}"}`,
      answer: `{"msg":"no ${key}"}`,
    });
    const text = JSON.stringify(journal.entries());
    expect(text).not.toContain(key);
    expect(text).toContain('Bearer [bearer key]');
    expect(text).toContain('key=[bearer key]');
  });
});

describe('replaying the journal', () => {
  it('recreates the live views after every kind of task event', async () => {
    const receiver = await openReceiver(500, 200);
    open.push(receiver);
    const settings = readSettings({ clock: 'virtual', concurrency: 2, queue: 5 }, 'test');
    const clock = createClock('virtual');
    const journal = createJournal({ now: clock.now, wallNow: clock.wallNow, keep: 10_000, file: null });
    const courier = createCourier({ allow: [] });
    open.push(courier);
    const packs = builtInPackDirs()
      .map((dir) => loadPack(dir))
      .filter(({ name }) => name === 'runway');
    const byName = new Map(packs.map((pack) => [pack.name, pack]));
    const engine = createEngine({ packs: byName, clock, journal, courier, settings });
    const commands = createCommands({ engine, packs: byName, secrets: journal.secrets });
    const lines: string[] = [];
    journal.subscribe((record) => lines.push(JSON.stringify(openEntry(record, journal.secrets))));

    const account = 'key-test' as Account;
    const origin = 'http://media.test';
    for (const [pack] of [packs]) {
      for (const event of pack?.events.keys() ?? []) {
        for (const scenario of [
          'success',
          'fail.internal',
          'callback.duplicate',
          'callback.malformed',
          'callback.never',
        ]) {
          await triggerEvent({ engine, commands }, packs, {
            event,
            to: receiver.url,
            scenario,
            account,
            originOf: () => origin,
          });
          await clock.advance(60_000);
        }
      }
    }
    const [first] = engine.tasks.all();
    engine.redeliver(
      [...engine.tasks.all()].find(({ plan }) => plan.callbacks.length > 0)?.plan.taskId ?? '',
    );
    journal.append({ ...POLL, taskId: first?.plan.taskId ?? null });
    await clock.advance(20 * 86_400_000);

    const replayed = createTaskStore();
    const packer = createPlanPacker();
    for (const line of lines) replayed.apply(closeEntry(JSON.parse(line) as OpenEntry, packer));
    const shown = { now: clock.now(), secrets: journal.secrets, nextAttemptAt: () => null };
    const live = [...engine.tasks.all()].map((task) => reportTask(task, shown));
    expect([...replayed.all()].map((task) => reportTask(task, shown))).toEqual(live);
    expect([...replayed.all()].map(({ polls, announced, expired }) => [polls, announced, expired])).toEqual(
      [...engine.tasks.all()].map(({ polls, announced, expired }) => [polls, announced, expired]),
    );
    expect(live.length).toBeGreaterThan(10);
    expect(live.flatMap(({ deliveries }) => deliveries).some(({ attempts }) => attempts.length > 1)).toBe(
      true,
    );
  });
});
