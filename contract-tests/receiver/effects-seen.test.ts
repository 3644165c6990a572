import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FULL } from '../../fixtures/full.ts';
import { fetchWhole, GOOD } from '../../fixtures/receivers/parts.ts';
import {
  downloadAfterSeeking,
  downloadInParallel,
  downloadInRanges,
  openQueueReceiver,
  type QueueReceiverOptions,
} from '../../fixtures/receivers/queue-receiver.ts';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import type { Activity } from '../activity.ts';
import type { SuiteReport } from '../report.ts';
import { judgeReceiver } from './judge-receiver.ts';
import type { ReceiverOptions } from './receiver-options.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

async function judge(
  receiver: QueueReceiverOptions,
  asked: Partial<ReceiverOptions> = {},
): Promise<SuiteReport> {
  const { url, close } = await openQueueReceiver(receiver);
  open.push({ close });
  return judgeReceiver({ url, event: 'runway.generate', ...asked });
}

/** Returns the ids of the cases with this status. */
function idsWith({ cases }: SuiteReport, status: string): string[] {
  return cases.filter((one) => one.status === status).map(({ id }) => id);
}

/** Cases that a receiver without an allow list of hosts fails. */
const HOSTS = ['RCV-SEC-02', 'RCV-SEC-03'];
const EFFECTS = [
  'RCV-IDM-01',
  'RCV-IDM-03',
  'RCV-IDM-05',
  'RCV-IDM-07',
  'RCV-ENV-01',
  'RCV-MED-01',
  'RCV-FAIL-01',
];

describe('a correct receiver with delayed work', () => {
  it.each<readonly [string, QueueReceiverOptions]>([
    ['starts each job after half a second, one at a time', { startAfterMs: 500, workers: 1 }],
    ...(FULL ? [['starts three seconds late with four workers', { startAfterMs: 3000 }] as const] : []),
  ])('does not fail a case when it %s', async (_how, receiver) => {
    const report = await judge(receiver, { only: EFFECTS });
    expect(idsWith(report, 'failed')).toEqual([]);
    expect(idsWith(report, 'passed')).toEqual(
      expect.arrayContaining(['RCV-IDM-01', 'RCV-IDM-07', 'RCV-MED-01']),
    );
  });

  it('is not observable when it exceeds the settle time', async () => {
    const report = await judge({ startAfterMs: 1500, workers: 1 }, { only: ['RCV-IDM-07'], settle: '400ms' });
    expect(idsWith(report, 'failed')).toEqual([]);
    expect(report.cases[0]?.status).toBe('not-observable');
  });
});

describe('a download in parts', () => {
  it.each([
    ['HEAD, then sequential ranges', downloadInRanges],
    ['parallel ranges', downloadInParallel],
    ['the end of the file, then the whole file', downloadAfterSeeking],
  ])('counts as one download: %s', async (_how, download) => {
    const report = await judge({ download }, { only: EFFECTS });
    expect(idsWith(report, 'failed')).toEqual([]);
    // The classes of failures are not observable without a probe.
    expect(idsWith(report, 'not-observable')).toEqual(['RCV-FAIL-01']);
  });

  it('counts as two downloads when its parts cover the file twice', async () => {
    const report = await judge({ download: downloadInRanges, claim: () => true }, { only: ['RCV-IDM-01'] });
    expect(report.cases[0]?.verdicts.effect).toMatchObject({
      status: 'failed',
      actual: expect.stringContaining('2 times'),
    });
  });

  it('does not count if the receiver sends only HEAD requests', async () => {
    const head = (url: string, signal: AbortSignal) => fetch(url, { method: 'HEAD', signal });
    const report = await judge({ download: head }, { only: ['RCV-MED-01', 'RCV-IDM-01'] });
    const [idempotent, media] = ['RCV-IDM-01', 'RCV-MED-01'].map((id) =>
      report.cases.find((one) => one.id === id),
    );
    expect(media?.verdicts.effect).toMatchObject({
      status: 'failed',
      actual: expect.stringContaining('HEAD'),
    });
    expect(idempotent?.status).toBe('passed');
  });
});

describe('a URL that acknowledges every request', () => {
  it('does not appear to be a receiver', async () => {
    const receiver = await openReceiver(200);
    open.push(receiver);
    const report = await judgeReceiver({ url: receiver.url, event: 'runway.generate', settle: '50ms' });
    expect(report.inconclusive).toMatch(/^The URL does not appear to be a receiver/);
    expect(report.headlines.map(({ text }) => text).join(' ')).toMatch(
      /GET, to invalid JSON and to plain text/,
    );
  });

  it('appears to be a receiver when it rejects invalid requests', async () => {
    const silent = { download: () => Promise.resolve() };
    const report = await judge(silent, { settle: '50ms', only: ['RCV-ACK-01'] });
    expect(report.inconclusive).toBeNull();
    expect(report.headlines[0]?.text).toMatch(/did not download media/);
  });
});

describe('concurrent duplicates', () => {
  const checkThenWrite =
    (between: () => Promise<unknown>) =>
    async (known: Set<string>, taskId: string): Promise<boolean> => {
      if (known.has(taskId)) return false;
      await between();
      known.add(taskId);
      return true;
    };
  it.each([
    ['one turn of the event loop', () => new Promise((resolve) => setImmediate(resolve))],
    ['5 ms', () => new Promise((resolve) => setTimeout(resolve, 5))],
    ['30 ms', () => new Promise((resolve) => setTimeout(resolve, 30))],
  ])('reveal a gap of %s between check and write', async (_gap, between) => {
    for (let round = 0; round < 3; round++) {
      const report = await judge({ claim: checkThenWrite(between) }, { only: ['RCV-IDM-02'] });
      expect(report.cases[0]?.verdicts.effect?.status).toBe('failed');
    }
  });

  it('are sent close together, and the report states the spread', async () => {
    const report = await judge({}, { only: ['RCV-IDM-02'] });
    expect(report.cases[0]).toMatchObject({
      status: 'passed',
      stimulus: expect.stringMatching(/released within \d+\.\d ms/),
    });
  });
});

describe('a lost acknowledgement', () => {
  it('is not observable when the status is not an acknowledgement', async () => {
    const report = await judge({ ackStatus: 201 }, { only: ['RCV-IDM-03'] });
    expect(report.cases[0]?.verdicts).toMatchObject({
      ack: { status: 'non-strict' },
      effect: { status: 'not-observable', actual: expect.stringContaining('201') },
    });
  });
});

/** Copies the Runway pack under another name, with one retry after this gap. */
function packWithGaps(gap: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'quick-pack-'));
  open.push({ close: () => rmSync(dir, { recursive: true }) });
  cpSync(join(import.meta.dirname, '../../spec/runway'), dir, { recursive: true });
  const file = join(dir, 'lifecycle.yaml');
  const text = readFileSync(file, 'utf8')
    .replace(/^pack: runway$/m, 'pack: quick')
    .replaceAll('runway.', 'quick.')
    .replace(/retries: \d+/, 'retries: 1')
    .replace(/gaps: \[.*\]/, `gaps: [${gap}]`);
  writeFileSync(file, text);
  return dir;
}

describe('gaps between retries', () => {
  it('are named in the verdict when they were skipped', async () => {
    const report = await judge({}, { only: ['RCV-IDM-04'] });
    expect(report.cases[0]?.verdicts.effect?.actual).toMatch(/without the vendor's gaps of 30s, 1m, 2m/);
  });

  it('reveal a receiver that forgets a task within them', async () => {
    let seen = new Set<string>();
    const forgetful = (known: Set<string>, taskId: string): boolean => {
      seen = known;
      if (known.has(taskId)) return false;
      known.add(taskId);
      return true;
    };
    // The receiver forgets all tasks when the judge waits for a gap.
    const onActivity = ({ doing }: Activity): void => {
      if (/vendor's retry gap/.test(doing)) seen.clear();
    };
    const asked = {
      packs: [packWithGaps('200ms')],
      event: 'quick.generate',
      only: ['RCV-IDM-04'],
      onActivity,
    };
    const without = await judge({ claim: forgetful }, asked);
    expect(without.cases[0]?.verdicts.effect?.status).toBe('passed');
    const withGaps = await judge({ claim: forgetful }, { ...asked, realGaps: true });
    expect(withGaps.cases[0]?.verdicts.effect?.status).toBe('failed');
  });
});

describe('other hosts in media URLs', () => {
  it('are detected when the receiver downloads from them', async () => {
    const report = await judge({}, { only: HOSTS });
    expect(idsWith(report, 'failed')).toEqual(HOSTS);
    for (const { timeline, verdicts } of report.cases) {
      const shown = timeline.filter(({ isBad, text }) => isBad && /^GET http:\/\/localhost:\d+\//.test(text));
      expect(shown).not.toEqual([]);
      expect(verdicts.effect?.actual).toContain(
        `${shown.length} ${shown.length === 1 ? 'request' : 'requests'} to`,
      );
    }
  });
});

describe('a file outside the folder of the receiver', () => {
  /** Delay of the worker before it writes, longer than a query to the probe. */
  const WRITES_AFTER_MS = 400;

  async function judgeWriter({ escapes, reports = {} }: { escapes: boolean; reports?: object }) {
    const handled = new Map<string, number>();
    let hasEscaped = false;
    const { url, origin, close } = await openQueueReceiver({
      startAfterMs: WRITES_AFTER_MS,
      download(mediaUrl, signal) {
        hasEscaped ||= escapes && handled.has('../../pwned');
        return fetchWhole(mediaUrl, signal);
      },
      claim(known, taskId) {
        const isNew = GOOD.claim(known, taskId);
        if (isNew) handled.set(taskId, 1);
        return isNew;
      },
      extra(path, request, response) {
        if (path !== '/probe') return false;
        const taskId = new URL(request.url ?? '/', 'http://receiver').searchParams.get('taskId') ?? '';
        response.end(JSON.stringify({ effects: handled.get(taskId) ?? 0, escaped: hasEscaped, ...reports }));
        return true;
      },
    });
    open.push({ close });
    const probe = `${origin}/probe?taskId={taskId}`;
    return judgeReceiver({ url, probe, event: 'runway.generate', only: ['RCV-SEC-04'] });
  }

  it('is detected although it is written after the answer', async () => {
    const report = await judgeWriter({ escapes: true });
    expect(report.cases.map(({ id, status, verdicts }) => [id, status, verdicts.effect?.actual])).toEqual([
      ['RCV-SEC-04', 'failed', 'escaped: true'],
    ]);
  });

  it('is ruled out after the receiver has finished', async () => {
    const report = await judgeWriter({ escapes: false });
    expect(idsWith(report, 'passed')).toEqual(['RCV-SEC-04']);
  });

  it('is not ruled out when the end of the work is not observable', async () => {
    const report = await judgeWriter({ escapes: false, reports: { effects: 0 } });
    expect(idsWith(report, 'not-observable')).toEqual(['RCV-SEC-04']);
  });
});
