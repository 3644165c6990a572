import { describe, expect, it } from 'vitest';
import { createCaseObserver } from './case-observer.ts';
import { createCaseTasks } from './case-tasks.ts';
import { createCaseTimeline } from './case-timeline.ts';
import type { Download, Observations, PollCall } from './observations.ts';
import { createPace } from './pace.ts';
import type { Probe, ProbeResult } from './probe.ts';
import type { Subject } from './subject.ts';

const FILE: Download = {
  name: 'a.mp4',
  method: 'GET',
  status: 200,
  start: 0,
  bytes: 100,
  fileSize: 100,
  beganAtMs: 0,
  durationMs: 1,
};

/** Creates an observer of a receiver that downloaded these files for task "a". */
function observerOf(
  files: readonly Download[],
  options: { readonly probe?: Probe; readonly downloads?: boolean; readonly probesEffects?: boolean } = {},
) {
  let look: (seen: Download | PollCall, taskId: string) => void = () => undefined;
  const { probe = null, downloads = true, probesEffects = false } = options;
  const tasks = createCaseTasks();
  tasks.addForeign('a');
  const timeline = createCaseTimeline();
  const observer = createCaseObserver({
    subject: { downloads, onlyHeads: false } as Subject,
    caseId: 'RCV-TEST',
    observations: {
      downloads: (taskId: string) => (taskId === 'a' ? files : []),
      polls: () => 3,
      until: async (condition: () => boolean) => condition(),
      subscribe(watch: typeof look) {
        look = watch;
        return () => {
          look = () => undefined;
        };
      },
    } as unknown as Observations,
    probe,
    pace: createPace(1),
    usualFiles: () => [],
    probesEffects,
    tasks,
    timeline,
    sendMarker: async () => {
      throw new Error('The end of the work can be observed.');
    },
    onActivity: () => undefined,
  });
  const texts = (): string[] => timeline.entries.map(({ text }) => text);
  return { observer, texts, see: (seen: Download | PollCall, id: string) => look(seen, id) };
}

const answered = (answer: object): ProbeResult => ({ type: 'answered', answer });

describe('the observer of a case', () => {
  it('records downloads and polls of the own tasks only, until it is closed', () => {
    const { observer, texts, see } = observerOf([FILE]);
    see(FILE, 'a');
    see(FILE, 'another');
    see({ taskId: 'a', text: 'polled' }, 'a');
    observer.close();
    see(FILE, 'a');
    expect(texts()).toEqual(['GET a.mp4 → HTTP 200', 'polled']);
    expect(observer.calls('a')).toBe(3);
  });

  it('counts effects by the files that were downloaded', async () => {
    expect(await observerOf([FILE, FILE]).observer.effects('a')).toBe(2);
    expect(await observerOf([]).observer.effects('a')).toBe(0);
    expect(await observerOf([], { downloads: false }).observer.effects('a')).toBeNull();
  });

  it('believes the probe where its answer has effects', async () => {
    const probe = async () => answered({ effects: 5 });
    expect(await observerOf([FILE], { probe }).observer.effects('a')).toBe(5);
    const unknown = async (): Promise<ProbeResult> => ({ type: 'unknown' });
    expect(await observerOf([FILE], { probe: unknown, probesEffects: true }).observer.effects('a')).toBe(0);
  });

  it('records equal consecutive answers of the probe once', async () => {
    const answers = [{ state: 'running' }, { state: 'running' }, { state: 'succeeded' }];
    const { observer, texts } = observerOf([], { probe: async () => answered(answers.shift() ?? {}) });
    for (let n = 0; n < 3; n++) await observer.probe('a');
    expect(texts()).toEqual(['a → {"state":"running"}', 'a → {"state":"succeeded"}']);
  });

  it('does not send an additional callback when its effect could not be observed', async () => {
    const { observer, texts } = observerOf([]);
    expect(await observer.drain()).toEqual({ type: 'unseen' });
    expect(texts()).toEqual(['the end of the work cannot be observed']);
  });
});
