import { execFile } from 'node:child_process';
import { CodedError, type MockServer } from '../../mock-server/index.ts';
import type { OwnTask } from './receiver-case.ts';

/** The application around the receiver, as far as the judge can make it act. */
export interface SystemUnderTest {
  /** Has it submit a task of its own, and finds out which. */
  submit(scenario: string): Promise<OwnTask>;
  restart(): Promise<void>;
}

export interface SystemOptions {
  /** The API that it calls. */
  readonly mock: MockServer;
  /** A URL to POST to, or a command, that makes it submit one task. */
  readonly submit: string | null;
  readonly restartCommand: string | null;
  /** Restarts the receiver, where it runs in the same process. */
  readonly restart: (() => Promise<void>) | null;
}

const LONGEST_MS = 30_000;

export function createSystem({ mock, submit, restartCommand, restart }: SystemOptions): SystemUnderTest {
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time: the next task that is submitted must be the one that was triggered. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const own = last.then(work, work);
    last = own.catch(() => undefined);
    return own;
  }

  return {
    submit(scenario) {
      if (submit === null) throw new Error('there is no way to make the system submit');
      return inTurn(() => submitOne(mock, submit, scenario));
    },
    async restart() {
      if (restart !== null) await restart();
      else if (restartCommand !== null) await act(restartCommand, {});
    },
  };
}

async function submitOne(mock: MockServer, trigger: string, scenario: string): Promise<OwnTask> {
  mock.scenarios.clear();
  mock.scenarios.enqueue(scenario);
  let stop: () => void = () => undefined;
  const submitted = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(unusable(trigger, `it created no task at ${mock.url} within ${LONGEST_MS} ms`)),
      LONGEST_MS,
    );
    const end = mock.journal.subscribe((entry) => {
      if (entry.type === 'task.submitted') resolve(entry.taskId);
    });
    stop = () => {
      clearTimeout(timer);
      end();
    };
  });
  try {
    const [taskId] = await Promise.all([submitted, act(trigger, { API: mock.url })]);
    return ownTask(mock, taskId);
  } finally {
    stop();
  }
}

function ownTask(mock: MockServer, taskId: string): OwnTask {
  const polls = (state: 'any' | 'ended') => {
    const task = mock.tasks.get(taskId);
    const endedAt = task?.outcome === null ? Number.POSITIVE_INFINITY : lastSeqOfChange(mock, taskId);
    return mock.journal
      .entries({ taskId, type: 'request.answered' })
      .filter((entry) => entry.type === 'request.answered' && entry.does === 'poll')
      .filter(({ seq }) => state === 'any' || seq > endedAt).length;
  };
  return {
    taskId,
    async finish() {
      mock.tasks.amend(taskId, 'success');
      await mock.clock.advance(1);
    },
    sendLate: () => mock.clock.advance('1h'),
    firstAttempt: () => mock.tasks.get(taskId)?.deliveries[0]?.attempts[0] ?? null,
    polledToTheEnd: () => polls('ended') > 0,
    polls: () => polls('any'),
  };
}

/** POSTs to a URL, or runs a command to its end. */
async function act(what: string, env: Readonly<Record<string, string>>): Promise<void> {
  if (/^https?:\/\//.test(what)) {
    const response = await fetch(what, { method: 'POST', signal: AbortSignal.timeout(LONGEST_MS) });
    await response.arrayBuffer();
    if (!response.ok) throw unusable(what, `it answered HTTP ${response.status}`);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    execFile('sh', ['-c', what], { timeout: LONGEST_MS, env: { ...process.env, ...env } }, (error) => {
      if (error === null) resolve();
      else reject(unusable(what, error.message));
    });
  });
}

function unusable(what: string, why: string): CodedError {
  return new CodedError(
    'RECEIVER_UNREACHABLE',
    `"${what}" failed: ${why}.`,
    'Your system must call the API at the mock: set --api-port, and its base URL to that port.',
  );
}

function lastSeqOfChange(mock: MockServer, taskId: string): number {
  return mock.journal.entries({ taskId, type: 'task.changed' }).at(-1)?.seq ?? 0;
}
