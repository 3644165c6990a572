import { CodedError, type MockServer } from '../../mock-server/index.ts';
import type { StagedCallback } from '../../mock-server/internal.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import type { RequestPatch } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** A task whose callback is ready to send, and the target URL. */
export interface SourcedTask extends StagedCallback {
  readonly url: string;
}

export interface TaskRequest {
  /** `success`, `fail.<slug>`, `media.<fault>`; joined by `+`. */
  readonly scenario: string;
  /** Whether the task keeps running. */
  readonly running: boolean;
  /** Id of the case; it separates the task ids of cases that run in parallel. */
  readonly caseId: string;
  /** Merged into the sample request; ignored for a task that the system under test submits. */
  readonly request?: RequestPatch | undefined;
}

/** Creates the tasks of the cases. */
export type TaskSource = (request: TaskRequest) => Promise<SourcedTask>;

/** Returns a source of tasks that the mock creates from the sample request. */
export function mockTasks(mock: MockServer, event: string, url: string): TaskSource {
  return async ({ scenario, running, caseId, request }) => {
    const patch = request === undefined ? {} : { request };
    const staged = await stagingOf(mock).stage(event, {
      to: url,
      scenario,
      running,
      apiKey: caseId,
      ...patch,
    });
    return { ...staged, url };
  };
}

/**
 * Returns a source of tasks that the system under test submits, with the callback URL that it chose, for receivers that
 * accept only their own tasks. @param subject the receiver, with its URL in the options
 */
export function systemTasks(
  mock: MockServer,
  system: SystemUnderTest,
  event: string,
  { url, nameOption }: Pick<Subject, 'url' | 'nameOption'>,
): TaskSource {
  return async ({ scenario, running }) => {
    const { taskId } = await system.submit(`${scenario}+callback.never`);
    if (!running) mock.tasks.amend(taskId, outcomeOf(scenario));
    const composed = stagingOf(mock).compose(taskId);
    if (composed.event !== event) {
      throw new CodedError(
        'RECEIVER_UNREACHABLE',
        `The system submitted a task of ${composed.event}, but the event under test is ${event}.`,
        `Let ${nameOption('submit')} create a task of ${event}, or set ${nameOption('event')} to ${composed.event}.`,
      );
    }
    return { ...composed, url: chosenUrl(composed.url, url) };
  };
}

function outcomeOf(scenario: string): string {
  return scenario.split('+').find((part) => part.startsWith('fail.')) ?? 'success';
}

/**
 * Returns the path and query that the system chose, on the host from the options, because a public host name may not be
 * reachable from this machine.
 */
function chosenUrl(chosen: string | null, given: string): string {
  if (chosen === null || !URL.canParse(chosen)) return given;
  const { pathname, search } = new URL(chosen);
  return new URL(`${pathname}${search}`, given).href;
}
