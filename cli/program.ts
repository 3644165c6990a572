import { Command, type Option } from 'commander';
import { VERSION } from '../mock-server/index.ts';
import { visible } from '../mock-server/pages/visible.ts';
import { addMcp } from './add-mcp.ts';
import { addRun } from './add-run.ts';
import { addTools } from './add-tools.ts';
import { applySettings } from './apply-settings.ts';
import type { Action, AddText, MakeCommand } from './command-parts.ts';
import { asSentence } from './explain-error.ts';
import { helpWidth, wrapProse } from './help-text.ts';
import { createPrinter } from './print.ts';
import { duration, factor, headerText, webAddress, wholeNumber } from './readers.ts';
import { addConfigOption, addPackOptions, addServerOptions, type ServerFlags } from './server-options.ts';
import { Setting } from './setting.ts';
import type { StartFlags } from './start.ts';
import type { TriggerFlags } from './trigger.ts';
import { addVerifyCommands } from './verify.ts';

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** Receives the exit code. */
  readonly end: (code: number) => void;
}

const JSON_HELP = 'print only JSON on stdout, one object per line';

const EXAMPLES = `
Examples:
  stuntdouble demo                                     watch callbacks fail and be retried, in about ten seconds
  stuntdouble start                                    run the mock at http://127.0.0.1:4010
  stuntdouble run -- npm test                          run your tests with a mock of their own
  stuntdouble start --scenario fail.nsfw               fail every task in moderation
  stuntdouble start --clock virtual --seed 7           stop the clock until you advance it
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate
  stuntdouble verify client --env API_BASE={url} -- node client.js

Exit codes: 0 success, 1 failure, 2 failure under --strict, 3 could not run, 64 invalid usage.`;

/** Printed once for all options, because repeating it for each option would make the help hard to read. */
const SETTINGS_HELP = `
Every option can also be set by an environment variable with the prefix STUNTDOUBLE_ (--ack-timeout 2s: STUNTDOUBLE_ACK_TIMEOUT=2s; separate the entries of lists with commas, set flags to true or false), or in a file (--config).`;

/** Builds the command line. The modules of a command are loaded when it runs. */
export function buildProgram({ env, stdout, stderr, end }: ProgramOptions): Command {
  const width = helpWidth(stdout, env);
  const addText: AddText = (command, text) => command.addHelpText('after', () => wrapProse(text, width));
  const program = new Command('stuntdouble')
    .description('Local mock server and contract-testing kit for asynchronous AI-video APIs')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(visible(text)),
      outputError: (text, write) => write(describeUsageError(text, program)),
    })
    .configureHelp({ optionDescription: describeOption, helpWidth: width, minWidthToWrap: 20 })
    .showHelpAfterError('  Run "stuntdouble COMMAND --help" for its options and arguments.')
    .addHelpText('afterAll', () => wrapProse(SETTINGS_HELP, width));
  addText(program, EXAMPLES);
  const warn = (message: string): void => void stderr.write(`warning: ${visible(message)}\n`);
  program.hook('preAction', (_program, command) => applySettings(command, { env, warn }));

  const action: Action = (run) => async (flags) => {
    const { json = false, ...rest } = flags;
    // The compiler cannot infer that removing one key from a generic type leaves Flags.
    end(
      await run(
        rest as unknown as Parameters<typeof run>[0],
        createPrinter({ json, out: stdout, err: stderr, env }),
      ),
    );
  };
  const command: MakeCommand = (parent, name, description) =>
    parent.command(name).description(description).addOption(new Setting('--json', JSON_HELP));

  addStart(command(program, 'start', 'Run the mock server until it is stopped'), action, addText);
  addDemo(
    command(
      program,
      'demo',
      'Show a success, a moderation failure, a timeout with retries and a duplicate in about ten seconds, then exit',
    ),
    action,
  );
  addTrigger(command(program, 'trigger', 'Send one callback and print each attempt'), action, addText);
  addRun(program, { action, command, addText });
  const verify = program
    .command('verify')
    .description('Test receivers, clients and captured messages against the contract');
  addVerifyCommands(verify, { action, command, addText });
  addLists(program, command, action, addText);
  addMcp(program, { action, command, addText });
  addTools(program, { action, command, addText, env });
  return program;
}

function addDemo(demo: Command, action: Action): void {
  demo
    .addOption(
      new Setting(
        '--console [port]',
        'run eight scenes and keep the mock running on this port, so that its console shows them (default port: 4010)',
        { reader: wholeNumber(0, 65_535) },
      ),
    )
    .action(
      action(async ({ console: port }: DemoFlags, printer) =>
        port === undefined
          ? (await import('./demo.ts')).demo(printer)
          : (await import('./demo-console.ts')).demoInConsole(port === true ? 4010 : port, printer),
      ),
    );
}

interface DemoFlags {
  readonly console?: number | true;
}

function addStart(start: Command, action: Action, addText: AddText): void {
  addServerOptions(start, { choosesClock: true });
  const rows: readonly Setting[] = [
    new Setting(
      '--time-scale <n>',
      'factor by which the waits of clients are shortened, for GET /__admin/verdicts (default: 1)',
      { reader: factor },
    ),
    new Setting('--no-watch', 'do not reload packs from --pack when their files change'),
    new Setting('-p, --port <n>', 'port to listen on; 0 selects a free port', {
      reader: wholeNumber(0, 65_535),
      default: 4010,
    }),
    new Setting(
      '--host <address>',
      'address to listen on; if not loopback, admin calls require a token, and callbacks to this machine require --api-key or --allow-callback',
      {
        default: '127.0.0.1',
      },
    ),
    new Setting(
      '--tls [dir]',
      'serve HTTPS with a generated certificate, whose authority is stored in this folder (default: .stuntdouble)',
    ),
    new Setting('--cert <file>', 'certificate for HTTPS (PEM); requires --key-file'),
    new Setting('--key-file <file>', 'private key of the certificate (PEM); requires --cert'),
    new Setting(
      '--admin-token <token>',
      'token that admin calls require (default: generated if not on loopback)',
      {
        reader: headerText,
      },
    ),
    new Setting(
      '--store <url>',
      'Redis server whose state several mocks share, such as redis://127.0.0.1:6379 (default: one mock alone)',
    ),
    new Setting('-q, --quiet', 'print only the startup message'),
  ];
  for (const setting of rows) start.addOption(setting);
  addText(
    start,
    `
To call it from another terminal:
  curl -X POST http://127.0.0.1:4010/api/v1/runway/generate -H 'Authorization: Bearer any' \\
    -H 'Content-Type: application/json' -d '{"prompt":"a cat","duration":5,"quality":"720p","aspectRatio":"16:9"}'
  curl -X POST http://127.0.0.1:4010/__admin/clock -H 'Content-Type: application/json' -d '{"advance":"14d"}'`,
  ).action(action<StartFlags>(async (flags, printer) => (await import('./start.ts')).start(flags, printer)));
}

function addTrigger(trigger: Command, action: Action, addText: AddText): void {
  addServerOptions(trigger, { choosesClock: false })
    .argument('<event>', 'event to send, such as runway.generate; "stuntdouble events" lists all events')
    .addOption(new Setting('--to <url>', 'URL to send the callback to (required)', { reader: webAddress }))
    .addOption(
      new Setting(
        '--linger <duration>',
        'time without activity after which to stop waiting for downloads of the media; 0s does not wait (default: 10s)',
        { reader: duration },
      ),
    )
    .addOption(
      new Setting(
        '--report <format=file>',
        'write all messages and the reason for the result to a page: html=F',
      ),
    );
  addText(
    trigger,
    `
Examples:
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback
  stuntdouble trigger runway.extend --to http://127.0.0.1:3000/callback --scenario fail.nsfw
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback --secret s3cret --ack-timeout 2s
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback --report html=callback.html

The command runs its own mock on a free port until it ends, and on the real clock, because nothing could advance another
one. A mock that is already running is not used, and its console does not show the task.

Each run sends a new task, because receivers ignore tasks that they have processed; use --seed to repeat a task. The
media is served until the receiver has downloaded it.

Exit codes: 0 if the callback was acknowledged, 1 if it was not, 3 if the scenario does not send or change a callback.`,
  ).action((event: string, flags: TriggerFlags) =>
    action<TriggerFlags>(async (rest, printer) =>
      (await import('./trigger.ts')).trigger(event, rest, printer),
    )(flags),
  );
}

const LISTS = {
  packs: ['List all packs with their operations, events and facts', 'listPacks'],
  scenarios: ['List all scenarios', 'listAllScenarios'],
  events: ['List all events and how their callbacks are delivered', 'listEvents'],
} as const;

function addLists(program: Command, command: MakeCommand, action: Action, addText: AddText): void {
  const cases = command(program, 'cases', 'List all contract cases for receivers and clients');
  addConfigOption(addPackOptions(cases)).action(
    action<ServerFlags>(async (flags, printer) =>
      (await import('./list-cases.ts')).listCases(flags, printer),
    ),
  );
  for (const [name, [description, list]] of Object.entries(LISTS)) {
    const listing = addConfigOption(addPackOptions(command(program, name, description))).action(
      action<ServerFlags>(async (flags, printer) => (await import('./lists.ts'))[list](flags, printer)),
    );
    if (name === 'packs') addCheck(listing, command, action, addText);
  }
}

function addCheck(packs: Command, command: MakeCommand, action: Action, addText: AddText): void {
  const check = command(
    packs,
    'check',
    'Check your own packs for errors, in every profile and state',
  ).argument('<dir...>', 'pack folders, each with lifecycle.yaml and an OpenAPI document');
  addText(
    check,
    `
Every answer and callback is rendered for a sample task and validated against the OpenAPI document.

Example:
  stuntdouble packs check ./my-vendor
  my-vendor/lifecycle.yaml:41: error: /operations/get-job/answers/done/data/url: data.url must be …

Exit codes: 0 without errors (warnings are allowed), 1 with errors, 3 if a folder cannot be read.`,
  ).action((dirs: string[], _flags: object, self: Command) =>
    // The parent command also has --json, and commander assigns the flag to it.
    action(async (_rest, printer) => (await import('./packs-check.ts')).checkPacks(dirs, printer))(
      self.optsWithGlobals<{ json?: boolean }>(),
    ),
  );
}

/** Converts an error message of commander, such as `error: unknown option '--prot'\n(Did you mean --port?)`. */
function describeUsageError(text: string, program: Command): string {
  const [message = '', ...hints] = text
    .replace(/^error: /, '')
    .trimEnd()
    .split('\n');
  const owners = ownersOf(/^unknown option '(--[\w-]+)'/.exec(message)?.[1], program);
  // The name of an existing option is not a typo, so similar names would mislead.
  const said =
    owners.length > 0
      ? [
          `${owners[0]?.flag} is an option of ${owners.map(({ command }) => command).join(', ')}.`,
          ...hints.filter((hint) => !hint.startsWith('(Did you mean')),
        ]
      : hints;
  const lines = said.map((hint) => `  ${hint.replace(/^\((.*)\)$/, '$1')}`);
  return `${[`error[USAGE_INVALID]: ${asSentence(message)}`, ...lines].join('\n')}\n`;
}

interface Owner {
  readonly flag: string;
  readonly command: string;
}

/** Returns the commands that have an option. */
function ownersOf(flag: string | undefined, command: Command, path = ''): Owner[] {
  if (flag === undefined) return [];
  const own =
    command.options.some(({ long }) => long === flag) && path !== '' ? [{ flag, command: path }] : [];
  return [...own, ...command.commands.flatMap((one) => ownersOf(flag, one, `${path} ${one.name()}`.trim()))];
}

function describeOption({ description, defaultValue }: Option): string {
  return `${description}${defaultValue === undefined ? '' : ` (default: ${defaultValue})`}`;
}
