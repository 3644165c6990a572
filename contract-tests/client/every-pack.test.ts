import { describe, expect, it } from 'vitest';
import { makeVendorClient } from '../../fixtures/clients/any-vendor-client.ts';
import { rowsFor } from '../../fixtures/full.ts';
import { loadPacks } from '../../mock-server/index.ts';
import { judgeClient } from './judge-client.ts';

const TIME_SCALE = 300;

describe.concurrent('a correct client of each vendor', () => {
  const packs = loadPacks().filter(({ name }, turn) => rowsFor(name, turn, ['']).length > 0);
  it.each(packs.map((pack) => [pack.name, pack] as const))('passes every case: %s', async (name, pack) => {
    const report = await judgeClient({
      run: makeVendorClient(pack, TIME_SCALE),
      timeScale: TIME_SCALE,
      // The client stops after 20 minutes of its own time, which last longer on a busy machine.
      giveUpWithin: '100m',
      timeLimit: '40s',
      downloadWithin: '100m',
      jobs: 8,
    });
    expect(report.pack).toBe(name);
    const broken = report.cases.filter(({ status }) => status === 'failed');
    expect(broken.map(({ id, verdicts }) => [id, verdicts])).toEqual([]);
    expect(report.summary.passed).toBeGreaterThan(12);
  });
});
