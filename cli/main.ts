import { Command, CommanderError, type Option } from 'commander';
import { CodedError, PackError, VERSION } from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { createPrinter, type Printer } from './print.ts';
import { addServerOptions, factor, type ServerFlags, serverOption, wholeNumber } from './server-options.ts';
import type { StartFlags } from './start.ts';
import type { TriggerFlags } from './trigger.ts';
import { addVerifyCommands } from './verify.ts';

/** Wrong use of options, as against work that could not be done. */
const USAGE_CODES = new Set([
  'OPTION_INVALID',
  'SCENARIO_UNKNOWN',
  'EVENT_UNKNOWN',
  'PROFILE_UNKNOWN',
  'CONFIG_UNREADABLE',
  'CASE_UNKNOWN',
]);

const JSON_HELP = 'one JSON object a line on stdout, nothing else';

type Run<Flags> = (flags: Flags, printer: Printer) => Promise<number> | number;

function buildProgram(end: (code: number) => void): Command {
  const program = new Command('stuntdouble')
    .description(
      'The stand-in for AI-video APIs that work by task and callback: it takes the falls, so that production does not.',
    )
    .version(VERSION)
    .exitOverride()
    .configureHelp({ optionDescription: describeOption, helpWidth: 110 })
    .showHelpAfterError('(see "stuntdouble COMMAND --help" for what it takes)')
    .addHelpText(
      'after',
      `
Examples:
  stuntdouble demo                                     see callbacks fail and be retried, in ten seconds
  stuntdouble start                                    the mock, at http://127.0.0.1:4010
  stuntdouble start --scenario fail.nsfw               every task is refused by moderation
  stuntdouble start --clock virtual --seed 7           time stands still until you advance it
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate
  stuntdouble verify client --env API_BASE={url} -- node client.js

Every option can also be set in the environment (--ack-timeout is STUNTDOUBLE_ACK_TIMEOUT) or in a file (--config).
Exit codes: 0 done, 1 failed, 2 warnings under --strict, 3 could not run, 64 wrong usage.`,
    );

  /** Every command takes --json, prints through one printer, and ends with an exit code. */
  const action =
    <Flags extends object>(run: Run<Flags>) =>
    async (flags: Flags & { json?: boolean }): Promise<void> => {
      const { json = false, ...rest } = flags;
      // What is left is Flags; the compiler cannot see that a generic type lost one key.
      end(await run(rest as unknown as Flags, printerFor(json)));
    };
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).option('--json', JSON_HELP);

  addServerOptions(command('start', 'Run the mock until it is stopped'))
    .addOption(
      serverOption(
        '--time-scale <n>',
        'how much shorter the waits of clients are, for GET /__admin/verdicts (default: 1)',
      ).argParser(factor),
    )
    .addOption(serverOption('--no-watch', 'do not load the packs of --pack again when their files change'))
    .addOption(
      serverOption('-p, --port <n>', 'where it listens; 0 takes any free port')
        .argParser(wholeNumber)
        .default(4010),
    )
    .addOption(
      serverOption(
        '--host <address>',
        'beyond loopback, admin calls need a token, and callbacks to this machine need --api-key or --allow-callback',
      ).default('127.0.0.1'),
    )
    .addOption(
      serverOption(
        '--tls [dir]',
        'serve TLS, by an authority of our own kept in this folder (default: .stuntdouble)',
      ),
    )
    .addOption(serverOption('--cert <file>', 'serve TLS with this certificate (PEM)'))
    .addOption(serverOption('--key-file <file>', 'and this key (PEM)'))
    .addOption(
      serverOption('--admin-token <token>', 'asked of admin calls (default: made up beyond loopback)'),
    )
    .addOption(serverOption('-q, --quiet', 'say where it listens, then nothing'))
    .addHelpText(
      'after',
      `
Then, in another terminal:
  curl -X POST http://127.0.0.1:4010/api/v1/runway/generate -H 'Authorization: Bearer any' \\
    -H 'Content-Type: application/json' -d '{"prompt":"a cat","duration":5,"quality":"720p","aspectRatio":"16:9"}'
  curl -X POST http://127.0.0.1:4010/__admin/clock -H 'Content-Type: application/json' -d '{"advance":"14d"}'`,
    )
    .action(action<StartFlags>(async (flags, printer) => (await import('./start.ts')).start(flags, printer)));

  command(
    'demo',
    'Watch success, moderation failure, timeout with retries, and a duplicate; ends by itself',
  ).action(action(async (_flags, printer) => (await import('./demo.ts')).demo(printer)));

  addServerOptions(command('trigger', 'Send one callback now and print each attempt'))
    .argument('<event>', 'like runway.generate; "stuntdouble events" lists all')
    .requiredOption('--to <url>', 'where the callback is sent')
    .addOption(
      serverOption(
        '--linger <duration>',
        'how long to wait for the downloads of the receiver while nothing happens; 0s does not wait (default: 10s)',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback
  stuntdouble trigger runway.extend --to http://127.0.0.1:3000/callback --scenario fail.nsfw
  stuntdouble trigger runway.generate --to http://127.0.0.1:3000/callback --secret s3cret --ack-timeout 2s

Each run sends a new task, because receivers ignore tasks that they have processed; --seed repeats one. The media are
served until the receiver has downloaded them.

Ends with 0 when the callback was acknowledged, 1 when it was not, 3 when there was none to send.`,
    )
    .action((event: string, flags: TriggerFlags) =>
      action<TriggerFlags>(async (rest, printer) =>
        (await import('./trigger.ts')).trigger(event, rest, printer),
      )(flags),
    );

  addVerifyCommands(
    program
      .command('verify')
      .description('Judge receivers, clients and captured messages against the contract'),
    action,
    JSON_HELP,
  );
  command('cases', 'Every question the judge asks').action(
    action(async (flags, printer) => (await import('./list-cases.ts')).listCases(flags, printer)),
  );

  const lists = {
    packs: ['What is played: paths, events, and how well each fact is known', 'listPacks'],
    scenarios: ['Everything that can be asked to go wrong', 'listAllScenarios'],
    events: ['The callbacks there are, and how they are delivered', 'listEvents'],
  } as const;
  for (const [name, [description, list]] of Object.entries(lists)) {
    const listing = addServerOptions(command(name, description)).action(
      action<ServerFlags>(async (flags, printer) => (await import('./lists.ts'))[list](flags, printer)),
    );
    if (name === 'packs') addCheck(listing);
  }

  return program;

  function addCheck(packs: Command): void {
    // The list has --json, too, and reads it wherever it stands.
    packs
      .command('check')
      .description('Find what is wrong with packs of your own, in every profile and state')
      .argument('<dir...>', 'folders with lifecycle.yaml and the OpenAPI document it names')
      .option('--json', JSON_HELP)
      .addHelpText(
        'after',
        `
Every answer and callback is rendered for a sample task and held against the OpenAPI document.

Example:
  stuntdouble packs check ./my-vendor
  my-vendor/lifecycle.yaml:41: error: /operations/get-job/answers/done/data/url: data.url must be …

Ends with 0 when there are no errors (warnings may be), 1 when there are, 3 when a folder cannot be read.`,
      )
      .action((dirs: string[], _flags: object, check: Command) =>
        action(async (_rest, printer) => (await import('./packs-check.ts')).checkPacks(dirs, printer))(
          check.optsWithGlobals<{ json?: boolean }>(),
        ),
      );
  }
}

/** The environment's names follow from the options' own; saying each again would bury what they do. */
function describeOption({ description, defaultValue, argChoices }: Option): string {
  const choices = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`;
  return `${description}${choices}${defaultValue === undefined ? '' : ` (default: ${defaultValue})`}`;
}

function printerFor(json: boolean): Printer {
  return createPrinter({ json, out: process.stdout, env: process.env });
}

/** An error as people can use it: what failed, and what to do. */
function explain(error: unknown): { text: string; code: number } {
  if (error instanceof CommanderError) {
    return { text: '', code: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
  if (error instanceof PackError) {
    return { text: `${error.title}\n${error.message}\n${error.remedy}`, code: EXIT.couldNotRun };
  }
  if (error instanceof CodedError) {
    const code = USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.couldNotRun;
    return { text: `${error.title}\n  ${error.message}\n  ${error.remedy}`.trimEnd(), code };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `Stunt Double failed; this is a defect.\n${message}`, code: EXIT.couldNotRun };
}

async function main(): Promise<void> {
  // Whoever read the output may leave early ("| head"); that is no reason to fail, nor to stop serving.
  process.stdout.on('error', () => undefined);
  try {
    await buildProgram((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    const { text, code } = explain(error);
    if (text !== '') process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
}

await main();
