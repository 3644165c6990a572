import type { Command } from 'commander';
import type { Action, AddText, MakeCommand } from './command-parts.ts';
import { factor, variable, wholeNumber } from './readers.ts';
import type { RunFlags } from './run-flags.ts';
import { addServerOptions, type ServerFlags } from './server-options.ts';
import { Setting, type SettingRules } from './setting.ts';
import type { SuiteFlags } from './suite-output.ts';

type FlatFlags = ServerFlags & SuiteFlags & Partial<Omit<RunFlags, 'server' | 'suite'>>;

const HELP = `
The mock listens on a free port. The command finds it in STUNTDOUBLE_URL and its key in STUNTDOUBLE_KEY. In --env, {url}
is the mock, {url:PACK} the base URL of one vendor, and {key} the key. After the command has ended, a summary of its
calls, tasks and callbacks is printed on stderr, and the mock stops.

With --verify, the calls are judged like those of a client. A case whose situation did not occur is not judged.

Examples:
  stuntdouble run -- npm test
  stuntdouble run --env RUNWAY_BASE={url:runway} -- pytest
  stuntdouble run --scenario fail.nsfw --verify --env API_BASE={url} -- go test ./...

Exit codes: that of the command if it failed. Otherwise 1 if --verify finds a violated MUST, 2 if it finds a violated
SHOULD under --strict, 3 if the command never called the mock, and 0 in all other cases.`;

/** Adds the command that runs another command with a mock. */
export function addRun(
  program: Command,
  { action, command, addText }: { action: Action; command: MakeCommand; addText: AddText },
): void {
  const run = command(program, 'run', 'Run a command, such as your tests, with a mock of its own').argument(
    '[command...]',
    'command to run, after --',
  );
  addServerOptions(run, { choosesClock: true });
  const add = (flags: string, text: string, rules: SettingRules): void => {
    run.addOption(new Setting(flags, text, rules));
  };
  const group = 'Command:';
  add('--env <name=value>', 'environment variable of the command; repeatable', {
    group,
    list: 'lines',
    reader: variable,
  });
  add('-p, --port <n>', 'port of the mock (default: a free port)', {
    group,
    reader: wholeNumber(0, 65_535),
  });
  add('--allow-unused', 'succeed even if the command never calls the mock', { group });
  add('-q, --quiet', 'print no summary', { group });
  const verdicts = 'Verdicts:';
  add('--verify', 'judge the calls of the command like those of a client', { group: verdicts });
  add('--strict', 'fail if a SHOULD is violated (exit code 2)', { group: verdicts });
  add('--time-scale <n>', 'factor by which the waits of the client are shortened (default: 1)', {
    group: verdicts,
    reader: factor,
  });
  add('--report <format=file,...>', 'write reports to files: junit=F, sarif=F, json=F, html=F', {
    group: verdicts,
  });
  addText(run, HELP).action((words: string[], flags: FlatFlags & { json?: boolean }) =>
    action<FlatFlags>(async (rest, printer) => (await import('./run.ts')).run(words, arrange(rest), printer))(
      flags,
    ),
  );
}

/** Separates the options of the mock from the others. */
function arrange(flags: FlatFlags): RunFlags {
  const { env = [], port = 0, allowUnused = false, quiet = false, ...others } = flags;
  const { verify = false, strict = false, timeScale = 1, report, ...server } = others;
  const suite = report === undefined ? { strict } : { strict, report };
  return { server, port, env, verify, timeScale, suite, allowUnused, quiet };
}
