import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeJournal } from '../contract-tests/client/judge-journal.ts';
import type { SuiteReport } from '../contract-tests/report.ts';
import { runwayCalls } from '../fixtures/clients/runway-calls.ts';
import { createMockServer, type JournalEntry, type MockServer } from '../mock-server/index.ts';

/** The compiled module, because workers cannot load TypeScript in every supported version of Node. */
const BUILT = pathToFileURL(join(import.meta.dirname, '../dist/cli/judge-in-worker.js')).href;
const { judgeInWorker } = (await import(BUILT)) as typeof import('./judge-in-worker.ts');

const OPTIONS = { timeScale: 1, time: 'wall', concurrency: null } as const;
let mock: MockServer;
let entries: JournalEntry[];

beforeAll(async () => {
  mock = await createMockServer().listen();
  const api = runwayCalls(mock.url);
  const { taskId } = await api.generate();
  for (let n = 0; n < 20; n++) await api.details(taskId);
  entries = mock.journal.entries();
});
afterAll(() => mock.close());

function reportOf(verdict: unknown): SuiteReport {
  if (typeof verdict !== 'object' || verdict === null || !('next' in verdict)) return verdict as SuiteReport;
  const steps = verdict as Iterator<unknown, SuiteReport>;
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

describe('a judge in a worker', () => {
  it('returns the same report as the judge on the main thread', async () => {
    const verdict = await judgeInWorker(OPTIONS)(entries, mock.packs, new AbortController().signal);
    expect(verdict).not.toHaveProperty('next');
    expect(verdict).toEqual(judgeJournal(entries, mock.packs, OPTIONS));
  });

  it('falls back to the main thread if the worker fails, with the same report', async () => {
    const packs = mock.packs.map((pack) => ({ ...pack, dir: join(pack.dir, 'nowhere') }));
    const verdict = await judgeInWorker(OPTIONS)(entries, packs, new AbortController().signal);
    expect(verdict).toHaveProperty('next');
    expect(reportOf(verdict)).toEqual(judgeJournal(entries, mock.packs, OPTIONS));
  });

  it('stops when the request is aborted', async () => {
    const stop = new AbortController();
    function* endless() {
      for (let n = 0; ; n++) {
        if (n === 10_000) stop.abort();
        yield entries[n % entries.length] as JournalEntry;
      }
    }
    await expect(judgeInWorker(OPTIONS)(endless(), mock.packs, stop.signal)).rejects.toThrow('aborted');
  });
});
