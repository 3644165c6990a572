import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, type JournalEntry, type MockServer } from '../../mock-server/index.ts';
import { leastOf, mostOf } from './cached.ts';
import { judgeJournal, judgeJournalInSteps } from './judge-journal.ts';

let mock: MockServer;
let one: readonly JournalEntry[];

/** Records a client that polls a task beyond its end and downloads the video. */
beforeAll(async () => {
  mock = await createMockServer({ clock: 'virtual', seed: 7 }).listen();
  const api = runwayCalls(mock.url);
  const { taskId } = await api.generate({ callBackUrl: `${mock.url}/__sink` });
  for (let round = 0; round < 8; round++) {
    await mock.clock.advance('30s');
    await api.details(taskId);
  }
  const { videoInfo } = (await api.details(taskId)).body.data;
  const served = new Promise<void>((resolve) => {
    const stop = mock.journal.subscribe(({ type }) => {
      if (type !== 'media.served') return;
      stop();
      resolve();
    });
  });
  await (await fetch(videoInfo.videoUrl)).arrayBuffer();
  await served;
  await mock.clock.advance('20d');
  one = mock.journal.entries();
});
afterAll(() => mock.close());

/** Returns the journal of this many clients, one after the other. */
function journalOf(clients: number): JournalEntry[] {
  const text = JSON.stringify(one);
  const id = one.find((entry) => entry.type === 'task.submitted')?.taskId ?? '';
  return Array.from({ length: clients }, (_, n) =>
    (
      JSON.parse(text.replaceAll(id, `${id.slice(0, -6)}${String(n).padStart(6, '0')}`)) as JournalEntry[]
    ).map((entry) => ({ ...entry, seq: entry.seq + n * one.length })),
  ).flat();
}

function durationOf(entries: readonly JournalEntry[]): number {
  const startedAt = performance.now();
  judgeJournal(entries, mock.packs, { time: 'service', concurrency: 2 });
  return performance.now() - startedAt;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

describe('judgeJournal with a long journal', () => {
  it('takes time proportional to the length', () => {
    const [short, long] = [journalOf(40), journalOf(600)];
    durationOf(short);
    const rounds = Array.from({ length: 5 }, () => ({ short: durationOf(short), long: durationOf(long) }));
    const ratio = medianOf(rounds.map(({ long }) => long)) / medianOf(rounds.map(({ short }) => short));
    // There are 15 times as many entries. Comparing each with every other would take over 100 times as long.
    expect(ratio).toBeLessThan(45);
  });

  it('returns the same verdicts for many equal clients as for two', () => {
    const statuses = (clients: number) =>
      judgeJournal(journalOf(clients), mock.packs, { time: 'service' }).cases.map(({ id, status }) => [
        id,
        status,
      ]);
    expect(statuses(100)).toEqual(statuses(2));
  });

  it('pauses at least once for each entry and each case', () => {
    const entries = journalOf(40);
    let pauses = 0;
    for (const _ of judgeJournalInSteps(entries, mock.packs)) pauses += 1;
    expect(pauses).toBeGreaterThan(entries.length + 40);
  });

  it('finds the minimum and the maximum of 300,000 values', () => {
    const many = Array.from({ length: 300_000 }, (_, n) => n);
    expect([leastOf(many), mostOf(many)]).toEqual([0, 299_999]);
  });
});
