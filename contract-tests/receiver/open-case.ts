import { type CaseRun, type OpenCaseContext, openCaseContext } from './case-context.ts';
import type { FirstContact } from './first-contact.ts';
import { type Observations, worksByFile } from './observations.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import type { RunResources } from './run-resources.ts';
import type { Subject } from './subject.ts';
import { mockTasks, systemTasks } from './task-source.ts';

/** What the contexts of all cases of a run share. */
export interface CaseSurroundings {
  readonly settings: ReceiverSettings;
  readonly resources: RunResources;
  readonly subject: Subject;
  /** Keeps a server open until the run ends. */
  readonly keepOpen: (thing: { close(): Promise<void> }) => void;
}

/**
 * Opens the context of one run of a case, with its source of tasks.
 * @param contact results of the first callbacks; null while they are sent
 */
export async function openCase(
  { settings, resources, subject: original, keepOpen }: CaseSurroundings,
  contact: FirstContact | null,
  { id, wantsList }: Pick<ReceiverCase, 'id' | 'wantsList'>,
  run: CaseRun,
): Promise<OpenCaseContext> {
  const { system, observations } = resources;
  const subject = withAckTimeout(original, run.ackTimeoutMs);
  const { listProfile, event, url } = subject;
  const needsList = wantsList === true && listProfile !== null && listProfile !== subject.pack.profile;
  const mock = needsList ? await resources.listMock(listProfile) : resources.mock;
  const isOwn = subject.canSubmit && system !== null && !needsList;
  return openCaseContext({
    ...resources,
    ...run,
    subject,
    caseId: id,
    source: isOwn ? systemTasks(mock, system, event.name, subject) : mockTasks(mock, event.name, url),
    headers: settings.headers,
    usualFiles: () => usualFiles(contact, observations, subject),
    probesEffects: contact?.probesEffects ?? false,
    keepOpen,
    onActivity: settings.onActivity,
  });
}

/** Copies the subject with another ack timeout; properties that change during the run are still read from the original. */
function withAckTimeout(subject: Subject, ackTimeoutMs: number): Subject {
  return {
    ...subject,
    ackTimeoutMs,
    get downloads() {
      return subject.downloads;
    },
    get onlyHeads() {
      return subject.onlyHeads;
    },
  };
}

/** Returns the files downloaded for the first callback; a download may start after the first contact has ended. */
function usualFiles(contact: FirstContact | null, observations: Observations, subject: Subject): string[] {
  const taskId = contact?.taskId ?? null;
  if (taskId === null) return [];
  const works = worksByFile(observations.downloads(taskId), subject.onlyHeads);
  return [...works].filter(([, times]) => times > 0).map(([name]) => name);
}
