import { execFile } from 'node:child_process';
import { CodedError, type MockServer } from '../../mock-server/index.ts';
import type { NameOption } from '../name-option.ts';
import { sayDuration } from '../reporters/wording.ts';
import type { OwnTask } from './receiver-case.ts';

/** The application of the receiver, as far as the judge can control it. */
export interface SystemUnderTest {
  /** Makes the application submit a task, and identifies that task. */
  submit(scenario: string): Promise<OwnTask>;
  restart(): Promise<void>;
}

/** Options of `createSystem`. */
export interface SystemOptions {
  /** Mock that the application calls. */
  readonly mock: MockServer;
  /** URL to POST to, or command, that makes the application submit one task. */
  readonly submit: string | null;
  readonly restartCommand: string | null;
  /** Restarts a receiver that runs in this process. */
  readonly restart: (() => Promise<void>) | null;
  readonly nameOption: NameOption;
}

const LONGEST_MS = 30_000;

/** Creates the controls of the system under test. */
export function createSystem(options: SystemOptions): SystemUnderTest {
  const { submit, restartCommand, restart, nameOption } = options;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs one submission at a time, so that the next submitted task is the one that was triggered. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const own = last.then(work, work);
    last = own.catch(() => undefined);
    return own;
  }

  return {
    submit(scenario) {
      if (submit === null) throw new Error('The case needs a system that submits tasks.');
      return inTurn(() => submitOne(options, submit, scenario));
    },
    async restart() {
      if (restart !== null) await restart();
      else if (restartCommand !== null) await act(restartCommand, {}, nameOption);
    },
  };
}

async function submitOne(
  { mock, nameOption }: SystemOptions,
  trigger: string,
  scenario: string,
): Promise<OwnTask> {
  mock.scenarios.clear();
  mock.scenarios.enqueue(scenario);
  let stop: () => void = () => undefined;
  const submitted = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          unusable(
            trigger,
            `it created no task at ${mock.url} within ${sayDuration(LONGEST_MS)}`,
            nameOption,
          ),
        ),
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
    const [taskId] = await Promise.all([submitted, act(trigger, { API: mock.url }, nameOption)]);
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

/** POSTs to a URL, or runs a command until it exits. */
async function act(
  what: string,
  env: Readonly<Record<string, string>>,
  nameOption: NameOption,
): Promise<void> {
  if (/^https?:\/\//.test(what)) {
    const response = await fetch(what, { method: 'POST', signal: AbortSignal.timeout(LONGEST_MS) });
    await response.arrayBuffer();
    if (!response.ok) throw unusable(what, `it answered HTTP ${response.status}`, nameOption);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    execFile('sh', ['-c', what], { timeout: LONGEST_MS, env: { ...process.env, ...env } }, (error) => {
      if (error === null) resolve();
      else reject(unusable(what, error.message, nameOption));
    });
  });
}

function unusable(what: string, why: string, nameOption: NameOption): CodedError {
  return new CodedError(
    'RECEIVER_UNREACHABLE',
    `"${what}" failed: ${why}.`,
    `Set ${nameOption('apiPort')}, and point the API base URL of your system to that port.`,
  );
}

function lastSeqOfChange(mock: MockServer, taskId: string): number {
  return mock.journal.entries({ taskId, type: 'task.changed' }).at(-1)?.seq ?? 0;
}
