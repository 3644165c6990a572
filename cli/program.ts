import { Command, type Option } from 'commander';
import { visible } from '../contract-tests/reporters/visible.ts';
import { VERSION } from '../mock-server/index.ts';
import { applySettings } from './apply-settings.ts';
import { helpWidth, wrapProse } from './help-text.ts';
import { createPrinter, type Printer } from './print.ts';
import { duration, factor, headerText, webAddress, wholeNumber } from './readers.ts';
import { addConfigOption, addPackOptions, addServerOptions, type ServerFlags } from './server-options.ts';
import { Setting } from './setting.ts';
import type { StartFlags } from './start.ts';
import type { TriggerFlags } from './trigger.ts';
import { addVerifyCommands } from './verify.ts';

type Run<Flags> = (flags: Flags, printer: Printer) => Promise<number> | number;

/** Makes the handler of a command: it prints through one printer, and ends with an exit code. */
export type Action = <Flags extends object>(
  run: Run<Flags>,
) => (flags: Flags & { json?: boolean }) => Promise<void>;

/** Adds the text to a command's help, wrapped to the width of the terminal. */
export type AddText = (command: Command, text: string) => Command;

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream;
  /** Receives the exit code. */
  readonly end: (code: number) => void;
}

const JSON_HELP = 'print one JSON object per line on stdout, and nothing else';

const EXAMPLES = `
Examples:
  stuntdouble demo                                     see callbacks fail and be retried, in ten seconds
  stuntdouble start                                    the mock, at http://127.0.0.1:4010
  stuntdouble start --scenario fail.nsfw               every task is refused by moderation
  stuntdouble start --clock virtual --seed 7           time does not move until you advance it
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate
  stuntdouble verify client --env API_BASE={url} -- node client.js

Exit codes: 0 done, 1 failed, 2 warnings under --strict, 3 could not run, 64 wrong usage.`;

/** Once for all commands: a line for each option would bury what the options do. */
const SETTINGS_HELP = `
Every option can also be set in the environment, as STUNTDOUBLE_ and its name (--ack-timeout: STUNTDOUBLE_ACK_TIMEOUT=2s; lists with commas, flags as true or false), or in a file (--config).`;

/** The command line; nothing of a command loads before it runs. */
export function buildProgram({ env, stdout, stderr, end }: ProgramOptions): Command {
  const width = helpWidth(stdout, env);
  const addText: AddText = (command, text) => command.addHelpText('after', () => wrapProse(text, width));
  const program = new Command('stuntdouble')
    .description(
      'A local mock server and contract-testing kit for AI-video APIs that work by task and callback.',
    )
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(visible(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'error[USAGE_INVALID]: ')),
    })
    .configureHelp({ optionDescription: describeOption, helpWidth: width, minWidthToWrap: 20 })
    .showHelpAfterError('See "stuntdouble COMMAND --help" for what it accepts.')
    .addHelpText('afterAll', () => wrapProse(SETTINGS_HELP, width));
  addText(program, EXAMPLES);
  const warn = (message: string): void => void stderr.write(`warning: ${visible(message)}\n`);
  program.hook('preAction', (_program, command) => applySettings(command, { env, warn }));

  const action: Action = (run) => async (flags) => {
    const { json = false, ...rest } = flags;
    // What is left is Flags; the compiler cannot see that a generic type lost one key.
    end(await run(rest as unknown as Parameters<typeof run>[0], createPrinter({ json, out: stdout, env })));
  };
  const command: MakeCommand = (parent, name, description) =>
    parent.command(name).description(description).addOption(new Setting('--json', JSON_HELP));

  addStart(command(program, 'start', 'Run the mock until it is stopped'), action, addText);
  command(
    program,
    'demo',
    'Watch success, moderation failure, timeout with retries, and a duplicate; ends by itself',
  ).action(action(async (_flags, printer) => (await import('./demo.ts')).demo(printer)));
  addTrigger(command(program, 'trigger', 'Send one callback now and print each attempt'), action, addText);
  const verify = program
    .command('verify')
    .description('Judge receivers, clients and captured messages against the contract');
  addVerifyCommands(verify, { action, command, addText });
  addLists(program, command, action, addText);
  return program;
}

/** Makes a command with the options that all have. */
export type MakeCommand = (parent: Command, name: string, description: string) => Command;

function addStart(start: Command, action: Action, addText: AddText): void {
  addServerOptions(start);
  const rows: readonly Setting[] = [
    new Setting(
      '--time-scale <n>',
      'factor by which the waits of clients are shorter than in production, for GET /__admin/verdicts (default: 1)',
      { reader: factor },
    ),
    new Setting('--no-watch', 'do not reload the packs of --pack when their files change'),
    new Setting('-p, --port <n>', 'port to listen on; 0 is any free port', {
      reader: wholeNumber(0, 65_535),
      default: 4010,
    }),
    new Setting(
      '--host <address>',
      'address to listen on; beyond loopback, admin calls need a token, and callbacks to this machine need --api-key or --allow-callback',
      {
        default: '127.0.0.1',
      },
    ),
    new Setting(
      '--tls [dir]',
      'serve TLS, with a certificate authority kept in this folder (default: .stuntdouble)',
    ),
    new Setting('--cert <file>', 'serve TLS with this certificate (PEM); requires --key-file'),
    new Setting('--key-file <file>', 'key of the certificate (PEM); requires --cert'),
    new Setting('--admin-token <token>', 'token that admin calls need (default: generated beyond loopback)', {
      reader: headerText,
    }),
    new Setting('-q, --quiet', 'print where it listens, and nothing else'),
  ];
  for (const setting of rows) start.addOption(setting);
  addText(
    start,
    `
Then, in another terminal:
  curl -X POST http://127.0.0.1:4010/api/v1/runway/generate -H 'Authorization: Bearer any' \\
    -H 'Content-Type: application/json' -d '{"prompt":"a cat","duration":5,"quality":"720p","aspectRatio":"16:9"}'
  curl -X POST http://127.0.0.1:4010/__admin/clock -H 'Content-Type: application/json' -d '{"advance":"14d"}'`,
  ).action(action<StartFlags>(async (flags, printer) => (await import('./start.ts')).start(flags, printer)));
}

function addTrigger(trigger: Command, action: Action, addText: AddText): void {
  addServerOptions(trigger)
    .argument('<event>', 'like runway.generate; "stuntdouble events" lists all')
    .addOption(new Setting('--to <url>', 'where the callback is sent; required', { reader: webAddress }))
    .addOption(
      new Setting(
        '--linger <duration>',
        'how long to wait for the downloads of the receiver while nothing happens; 0s does not wait (default: 10s)',
        { reader: duration },
      ),
    );
  addText(
    trigger,
    `
Examples:
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback
  stuntdouble trigger runway.extend --to http://127.0.0.1:3000/callback --scenario fail.nsfw
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback --secret s3cret --ack-timeout 2s

Each run sends a new task, because receivers ignore tasks that they have processed; --seed repeats one. The media are
served until the receiver has downloaded them.

Exit codes: 0 when the callback was acknowledged, 1 when it was not, 3 when there was none to send.`,
  ).action((event: string, flags: TriggerFlags) =>
    action<TriggerFlags>(async (rest, printer) =>
      (await import('./trigger.ts')).trigger(event, rest, printer),
    )(flags),
  );
}

const LISTS = {
  packs: ['List the packs: paths, events, and how well each fact is known', 'listPacks'],
  scenarios: ['List everything that can go wrong on request', 'listAllScenarios'],
  events: ['List the callbacks, and how they are delivered', 'listEvents'],
} as const;

function addLists(program: Command, command: MakeCommand, action: Action, addText: AddText): void {
  addConfigOption(addPackOptions(command(program, 'cases', 'List the cases of both suites'))).action(
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
    'Find what is wrong with packs of your own, in every profile and state',
  ).argument('<dir...>', 'folders with lifecycle.yaml and the OpenAPI document it names');
  addText(
    check,
    `
Every answer and callback is rendered for a sample task and compared with the OpenAPI document.

Example:
  stuntdouble packs check ./my-vendor
  my-vendor/lifecycle.yaml:41: error: /operations/get-job/answers/done/data/url: data.url must be …

Exit codes: 0 when there are no errors (there may be warnings), 1 when there are, 3 when a folder cannot be read.`,
  ).action((dirs: string[], _flags: object, self: Command) =>
    // The list has --json as well, and reads it wherever it is written.
    action(async (_rest, printer) => (await import('./packs-check.ts')).checkPacks(dirs, printer))(
      self.optsWithGlobals<{ json?: boolean }>(),
    ),
  );
}

function describeOption({ description, defaultValue }: Option): string {
  return `${description}${defaultValue === undefined ? '' : ` (default: ${defaultValue})`}`;
}
