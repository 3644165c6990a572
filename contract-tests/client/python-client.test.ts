import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeClient } from './judge-client.ts';

const SCRIPT = join(import.meta.dirname, '../../fixtures/clients/python_client.py');
const TIME_SCALE = 200;
/** Smaller scales for cases whose intervals must be long compared with a call on a busy machine. */
const SCALES: Readonly<Record<string, number>> = { 'CLI-POL-02': 40 };

/** Defects that the Python client can show. */
const DEFECTS = [
  ...['CLI-CRE-01', 'CLI-CRE-07', 'CLI-CRE-08', 'CLI-POL-02', 'CLI-POL-04', 'CLI-POL-09', 'CLI-POL-13'],
  ...['CLI-POL-14', 'CLI-POL-15', 'CLI-MED-01', 'CLI-MED-02'],
];

function judge(defect: string, only: readonly string[]) {
  const timeScale = SCALES[defect] ?? TIME_SCALE;
  return judgeClient({
    command: ['python3', SCRIPT, '{prompt}'],
    env: {
      API_BASE: '{url}',
      API_KEY: '{key}',
      DIR: '{dir}',
      TIME_SCALE: String(timeScale),
      DEFECT: defect,
    },
    timeScale,
    giveUpWithin: '25m',
    timeLimit: '15s',
    downloadWithin: '10m',
    only,
  });
}

describe.concurrent('a client in Python, run as a command', () => {
  it.each(DEFECTS)('fails the case of its defect: %s', async (id) => {
    const { cases } = await judge(id, [id]);
    expect(cases.map((one) => [one.id, one.status])).toEqual([[id, 'failed']]);
  });

  it('passes every case without a defect', async () => {
    const report = await judge('', []);
    const bad = report.cases.filter(({ status }) => status === 'failed' || status === 'not-observable');
    expect(bad.map(({ id, verdicts }) => [id, verdicts])).toEqual([]);
    expect(report.summary.passed).toBe(33);
  });
});
