import { describe, expect, it } from 'vitest';
import { type ClientCase, failed, passed } from './client-case.ts';
import { readClientSettings } from './client-settings.ts';
import type { Evidence } from './evidence.ts';
import { createRunLedger } from './run-ledger.ts';
import type { StimulusRun } from './run-stimulus.ts';
import { PLAIN, STIMULI, type Stimulus } from './stimuli.ts';
import { createTrialCases } from './trial-cases.ts';

const OUTAGE = STIMULI.find(({ name }) => name === 'outage') as Stimulus;

/** Opens a trial of one case that passes in the run with this number. */
async function trialOf(change: Partial<ClientCase>, passesIn = 1) {
  const seen: string[] = [];
  const settings = await readClientSettings({
    run: () => undefined,
    seed: 1,
    onStarted: (id) => void seen.push(`started ${id}`),
    onFinished: ({ id, status }) => void seen.push(`${status} ${id}`),
  });
  const [template] = settings.cases;
  if (template === undefined) throw new Error('The list of cases is empty.');
  const one: ClientCase = {
    ...template,
    id: 'CLI-TEST-01',
    stimuli: ['plain', 'outage'],
    judge: ({ calls }) => (calls.length >= passesIn ? passed('good') : failed('bad')),
    ...change,
  };
  const ledger = createRunLedger();
  const cases = createTrialCases({ ...settings, cases: [one] }, ledger);
  let runs = 0;
  const runOnce = async (): Promise<StimulusRun> => {
    runs += 1;
    const evidence = { calls: Array.from({ length: runs }), attempts: [], run: { exitCode: 0 } };
    return {
      run: { durationMs: 1 },
      evidence: evidence as unknown as Evidence,
    } as Exclude<StimulusRun, string>;
  };
  return { cases, ledger, seen, runOnce };
}

describe('the cases of a trial', () => {
  it('want only the stimuli that they need', async () => {
    const { cases } = await trialOf({});
    expect(cases.wanted).toEqual([PLAIN, OUTAGE]);
  });

  it('repeat a run while another one could turn a failure into a pass', async () => {
    const { cases, ledger, runOnce, seen } = await trialOf({ mostRuns: 3, stimuli: ['plain'] }, 2);
    await cases.run(PLAIN, runOnce, false);
    expect(ledger.runs).toHaveLength(2);
    expect(seen).toEqual(['started CLI-TEST-01', 'started CLI-TEST-01']);
  });

  it('are not repeated more often than they allow', async () => {
    const { cases, ledger, runOnce } = await trialOf({ mostRuns: 3, stimuli: ['plain'] }, 9);
    await cases.run(PLAIN, runOnce, false);
    expect(ledger.runs).toHaveLength(3);
  });

  it('are reported once, when all their stimuli have been run', async () => {
    const { cases, ledger, seen } = await trialOf({});
    ledger.add('plain', 'The client did not poll.', false);
    cases.reportReady(() => true);
    expect(cases.reports).toEqual([]);
    ledger.add('outage', 'The client did not poll.', false);
    cases.reportReady((name) => name !== 'outage');
    expect(cases.reports).toEqual([]);
    cases.reportReady(() => true);
    cases.reportReady(() => true);
    expect(seen).toEqual(['not-applicable CLI-TEST-01']);
    expect(cases.reports[0]?.replay).toMatch(/^stuntdouble verify client --only CLI-TEST-01/);
  });

  it('suspect a collision when a client failed while another instance was running', async () => {
    const { cases, ledger, runOnce } = await trialOf({}, 9);
    ledger.add('plain', await runOnce(), true);
    ledger.add('outage', await runOnce(), false);
    expect(cases.mayHaveCollided('plain')).toBe(true);
    expect(cases.mayHaveCollided('outage')).toBe(false);
  });
});
