import { CodedError, type MockServer, type StagedCallback } from '../../mock-server/index.ts';
import type { RequestPatch } from './receiver-case.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** A task whose callback is ready to be sent, and where it goes. */
export interface SourcedTask extends StagedCallback {
  readonly url: string;
}

export interface TaskRequest {
  /** `success`, `fail.<slug>`, `media.<fault>`; joined by `+`. */
  readonly scenario: string;
  /** Whether the task goes on running. */
  readonly running: boolean;
  /** Tasks of one case have ids of their own, whatever else runs. */
  readonly caseId: string;
  /** Merged into the sample request; a task of the system's own has the request that the system made. */
  readonly request?: RequestPatch | undefined;
}

/** Where the tasks of the cases come from. */
export type TaskSource = (request: TaskRequest) => Promise<SourcedTask>;

/** Tasks that the mock makes by itself, from the document's example. */
export function mockTasks(mock: MockServer, event: string, url: string): TaskSource {
  return async ({ scenario, running, caseId, request }) => {
    const patch = request === undefined ? {} : { request };
    const staged = await mock.tasks.stage(event, { to: url, scenario, running, apiKey: caseId, ...patch });
    return { ...staged, url };
  };
}

/**
 * Tasks that the system under test submits, with the callback URL it chose: for receivers that know their own tasks
 * only. @param url the receiver's URL as the user gave it
 */
export function systemTasks(
  mock: MockServer,
  system: SystemUnderTest,
  event: string,
  url: string,
): TaskSource {
  return async ({ scenario, running }) => {
    const { taskId } = await system.submit(`${scenario}+callback.never`);
    if (!running) mock.tasks.amend(taskId, outcomeOf(scenario));
    const composed = mock.tasks.compose(taskId);
    if (composed.event !== event) {
      throw new CodedError(
        'RECEIVER_UNREACHABLE',
        `The system submitted a task of ${composed.event}; the event under test is ${event}.`,
        `Let --submit create a task of ${event}, or give --event ${composed.event}.`,
      );
    }
    return { ...composed, url: chosenUrl(composed.url, url) };
  };
}

function outcomeOf(scenario: string): string {
  return scenario.split('+').find((part) => part.startsWith('fail.')) ?? 'success';
}

/**
 * The path and query that the system chose, at the host that the user gave: a public host name need not be reachable
 * from this machine.
 */
function chosenUrl(chosen: string | null, given: string): string {
  if (chosen === null || !URL.canParse(chosen)) return given;
  const { pathname, search } = new URL(chosen);
  return new URL(`${pathname}${search}`, given).href;
}
