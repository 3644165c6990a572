import { CLIENT_CASES } from '../contract-tests/client/cases.ts';
import { judgeJournal } from '../contract-tests/client/judge-journal.ts';
import { CodedError, createMockServer, type JournalEntry, type MockServer } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { createPrinter, type Printer } from './print.ts';
import { runAttached } from './run-attached.ts';
import type { RunFlags } from './run-flags.ts';
import { replayOf } from './run-replay.ts';
import { summarizeRun } from './run-summary.ts';
import { variablesFor } from './run-variables.ts';
import { serverOptions } from './server-options.ts';
import { runSuite } from './suite-output.ts';

/** The key of the command's calls, unless only other keys are accepted. */
const KEY = 'stuntdouble-run';

/** Time without activity after which the calls of the command count as complete, and the longest wait for it. */
const QUIET = { quietFor: '100ms', timeout: '5s' } as const;

/** Runs a command with a mock of its own, and judges its calls if that is wanted. @returns the exit code */
export async function run(command: readonly string[], flags: RunFlags, printer: Printer): Promise<number> {
  if (command.length === 0) throw commandMissing();
  const mock = await createMockServer(serverOptions(flags.server)).listen({ port: flags.port });
  try {
    const key = flags.server.apiKey?.[0] ?? KEY;
    const env = variablesFor(mock, key, flags.env);
    const code = await runAttached(command, { env, stdout: printer.json ? 'stderr' : 'inherit' });
    // Attempts and downloads that the command left behind belong to the run. A receiver that hangs does not delay it.
    await mock.quiet(QUIET).catch(() => undefined);
    const replay = replayOf(command, flags);
    return await conclude(mock, code, { ...flags, replay }, printerOnStderr(printer));
  } finally {
    await mock.close();
  }
}

interface Finished extends RunFlags {
  /** The command line that repeats the run. */
  readonly replay: string;
}

async function conclude(mock: MockServer, code: number, flags: Finished, printer: Printer): Promise<number> {
  const entries = mock.journal.entries();
  const { facts, lines } = summarizeRun(entries, mock.tasks.all());
  printer.object({ type: 'run', exitCode: code, ...facts });
  if (!flags.quiet) for (const line of lines) printer.line(`stuntdouble: ${line}`);
  const isUnused = facts.calls === 0;
  const verdict = flags.verify && !isUnused ? await judgeCalls(mock, entries, flags, printer) : EXIT.ok;
  if (code !== EXIT.ok) return code;
  if (isUnused && !flags.allowUnused) throw neverCalled(mock.url);
  return verdict;
}

/** Prints the verdicts on the calls, and writes their reports. */
function judgeCalls(
  mock: MockServer,
  entries: readonly JournalEntry[],
  { suite, timeScale, server, replay }: Finished,
  printer: Printer,
): Promise<number> {
  const time = mock.clock.mode === 'real' ? 'wall' : 'service';
  const options = { time, timeScale, concurrency: server.concurrency ?? null, replay } as const;
  return runSuite(
    {
      cases: CLIENT_CASES,
      packs: () => mock.packs,
      judge: async () => judgeJournal(entries, mock.packs, options),
      missing: commandMissing(),
    },
    suite,
    printer,
  );
}

/** The standard output belongs to the command, unless it is wanted as JSON. */
function printerOnStderr(printer: Printer): Printer {
  if (printer.json) return printer;
  return createPrinter({ json: false, out: printer.err, err: printer.err, env: process.env });
}

function commandMissing(): CodedError {
  return new CodedError(
    'OPTION_INVALID',
    'the command is missing',
    'Pass it after --, for example: stuntdouble run -- npm test',
  );
}

function neverCalled(url: string): CodedError {
  return new CodedError(
    'MOCK_UNUSED',
    `the command never called the mock at ${url}`,
    'Pass the base URL to your client, for example with --env API_BASE={url}, or read it from STUNTDOUBLE_URL. If no calls are expected, pass --allow-unused.',
  );
}
