import type { Courier } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import type { TimelineEntry } from '../report.ts';
import { openCanary } from './canary.ts';
import { createCaseObserver } from './case-observer.ts';
import { createCaseSender, type OnAttempt } from './case-sender.ts';
import { createCaseTasks } from './case-tasks.ts';
import { createCaseTimeline } from './case-timeline.ts';
import type { OpenRequest } from './guarded-request.ts';
import type { Observations } from './observations.ts';
import type { Pace } from './pace.ts';
import type { Probe } from './probe.ts';
import { readyTask } from './ready-task.ts';
import type { CaseContext, RequestPatch, Task } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import type { SystemUnderTest } from './system-under-test.ts';
import type { TaskSource } from './task-source.ts';

/** Settings of one run of a case. */
export interface CaseRun {
  /** Time in which the receiver must answer; longer when a verdict is confirmed. */
  readonly ackTimeoutMs: number;
  readonly onAttempt: OnAttempt;
}

/** Options of `openCaseContext`. */
export interface CaseContextOptions extends Pick<CaseRun, 'onAttempt'> {
  readonly subject: Subject;
  readonly caseId: string;
  readonly source: TaskSource;
  readonly observations: Observations;
  readonly courier: Courier;
  readonly request: OpenRequest;
  readonly probe: Probe | null;
  readonly system: SystemUnderTest | null;
  readonly pace: Pace;
  readonly headers: Readonly<Record<string, string>>;
  /** Returns the names of the files that the receiver downloads for a success, as far as observed. */
  readonly usualFiles: () => readonly string[];
  /** Whether the answers of the probe have `effects`. */
  readonly probesEffects: boolean;
  /** Keeps a server open until the run ends, because the receiver may call it after the case. */
  readonly keepOpen: (thing: { close(): Promise<void> }) => void;
  readonly onActivity: OnActivity;
}

/** The context of a case, and its timeline. */
export interface OpenCaseContext extends CaseContext {
  readonly timeline: readonly TimelineEntry[];
  /** Ends the timeline; the tasks and their media remain available until the run ends. */
  close(): void;
}

/** Opens the context of one run of a case: it sends callbacks and records the timeline. */
export function openCaseContext(options: CaseContextOptions): OpenCaseContext {
  const { subject, caseId, source, system, pace, onActivity } = options;
  const timeline = createCaseTimeline();
  const tasks = createCaseTasks();
  const isSigned = subject.secret !== null;
  const { sendAdditional, ...sender } = createCaseSender({ ...options, tasks, timeline });
  const { close, ...observer } = createCaseObserver({
    ...options,
    tasks,
    timeline,
    async sendMarker() {
      const marker = await source({ scenario: 'success', running: false, caseId });
      return { taskId: marker.taskId, attempt: await sendAdditional(readyTask(marker, isSigned)) };
    },
  });

  async function makeTask(scenario: string, running: boolean, request?: RequestPatch): Promise<Task> {
    const sourced = await source({ scenario, running, caseId, request });
    tasks.add(sourced, !running && !scenario.startsWith('fail.'));
    return readyTask(sourced, isSigned);
  }

  return {
    subject,
    shape: subject.shape,
    pace,
    timeline: timeline.entries,
    ...sender,
    ...observer,
    task: (scenario = 'success', request) => makeTask(scenario, false, request),
    runningTask: () => makeTask('success', true),
    async submitted(scenario) {
      if (system === null) throw new Error('The case needs a system that submits tasks.');
      const task = await system.submit(scenario);
      tasks.addForeign(task.taskId);
      return task;
    },
    async canary() {
      const canary = await openCanary((request) =>
        timeline.record({ kind: 'download', text: `${request} → HTTP 200`, isBad: true }),
      );
      options.keepOpen(canary);
      return canary;
    },
    async restart() {
      await system?.restart();
      timeline.note('the receiver was restarted');
    },
    async pause(durationMs, doing) {
      onActivity({ id: caseId, doing, atMostMs: durationMs });
      await new Promise((resolve) => setTimeout(resolve, durationMs));
      timeline.note(`${Math.round(durationMs / 1000)} s passed`, durationMs);
    },
    note: (text) => timeline.note(text),
    close,
  };
}
