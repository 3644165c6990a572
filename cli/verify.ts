import { type Command, Option } from 'commander';
import type { Printer } from './print.ts';
import { factor, serverOption, wholeNumber } from './server-options.ts';
import type { VerifyClientFlags } from './verify-client.ts';
import type { VerifyPayloadFlags } from './verify-payload.ts';
import type { VerifyReceiverFlags } from './verify-receiver.ts';

type Action = <Flags extends object>(
  run: (flags: Flags, printer: Printer) => Promise<number> | number,
) => (flags: Flags & { json?: boolean }) => Promise<void>;

/** `verify …`: the options of each, and what loads only when it runs. */
export function addVerifyCommands(verify: Command, action: Action, jsonHelp: string): void {
  addReceiver(verify, action, jsonHelp);
  addClient(verify, action, jsonHelp);
  addPayload(verify, action, jsonHelp);
}

function addPayload(verify: Command, action: Action, jsonHelp: string): void {
  verify
    .command('payload')
    .description('Hold captured callbacks or answers against the contract')
    .argument('<file>', 'one JSON document, or one in each line; - for standard input')
    .option('--event <name>', 'they are callbacks of this event, like runway.generate')
    .option('--answer <pack/operation>', 'they are answers, like runway/get-ai-video-details')
    .addOption(serverOption('--status <n>', 'their HTTP status (default: 200)').argParser(wholeNumber))
    .addOption(serverOption('--pack <dir...>', 'packs beside the built-in ones'))
    .addOption(serverOption('--profile <name>', 'documented or observed'))
    .option('--json', jsonHelp)
    .addHelpText(
      'after',
      `
Example:
  stuntdouble verify payload callbacks.jsonl --event runway.generate

Ends with 0 when all keep the contract, 1 when one breaks it, 3 when there is none to judge.`,
    )
    .action((file: string, flags: VerifyPayloadFlags & { json?: boolean }) =>
      action<VerifyPayloadFlags>(async (rest, printer) =>
        (await import('./verify-payload.ts')).verifyPayload(file, rest, printer),
      )(flags),
    );
}

function addReceiver(verify: Command, action: Action, jsonHelp: string): void {
  const receiver = verify
    .command('receiver')
    .description('Send a receiver every case of the contract, and watch what it does')
    .argument('[url]', 'where it takes callbacks, like http://127.0.0.1:3000/callback')
    .option('--event <name>', 'the callback to send, like runway.generate; "stuntdouble events" lists all')
    .option('--json', jsonHelp);

  const judging = (flags: string, text: string) =>
    receiver.addOption(serverOption(flags, text).helpGroup('What is judged:'));
  addChoice(receiver, 'RCV-IDM RCV-TIM-01');
  judging('--quick', 'only the most frequent mistakes, in less than 30 seconds; --only overrides it');
  judging('--pack <dir...>', 'packs in addition to the built-in ones');
  judging('--profile <name>', 'documented or observed');
  judging('--seed <n>', 'same seed, same task ids (default: new ones, because receivers remember)');

  const time = (flags: string, text: string) =>
    receiver.addOption(serverOption(flags, text).helpGroup('Time:'));
  time('--ack-timeout <duration>', "time it has to answer (default: the vendor's)");
  time(
    '--settle <duration>',
    'time its work may take to start and to make progress (default: learned from its first callback)',
  );
  time('--fast-ack <duration>', 'time within which 19 of 20 answers must arrive (default: 2s)');
  time('--download-within <duration>', 'time within which a download must begin (default: 60s)');
  time(
    '--poll-within <duration>',
    'time within which it must poll for a task whose callbacks never arrive (default: not judged)',
  );
  time('--real-gaps', "wait the vendor's own gaps between retries (default: leave them out)");
  receiver.addOption(
    serverOption('--jobs <n>', 'cases to run in parallel (default: 8)')
      .argParser(wholeNumber)
      .helpGroup('Time:'),
  );

  const channel = (flags: string, text: string) =>
    receiver.addOption(serverOption(flags, text).helpGroup('What the judge can see, and make happen:'));
  channel('--probe <url|command>', 'answers {"state","effects","class","retryable","escaped"} for {taskId}');
  channel(
    '--submit <url|command>',
    'makes your system create one task at the mock; every case then uses such tasks',
  );
  receiver.addOption(
    serverOption('--api-port <n>', 'where your system finds that mock (default: any free port, in $API)')
      .argParser(wholeNumber)
      .helpGroup('What the judge can see, and make happen:'),
  );
  channel('--restart-cmd <command>', 'restarts the receiver, and ends when it listens again');
  channel('--secret <key>', 'key to sign callbacks with');
  receiver.addOption(
    new Option('--header <name: value>', 'header to add to each callback; may be given more than once')
      .argParser((value: string, before: readonly string[] = []) => [...before, value])
      .helpGroup('What the judge can see, and make happen:'),
  );
  channel('--media-host <name>', 'host name in media URLs, for a list of allowed hosts (default: 127.0.0.1)');
  channel('--tls [dir]', 'media come over https, from a certificate authority written to this folder');
  addOutput(receiver);
  receiver
    .addHelpText(
      'after',
      `
Each case is judged twice: did it answer right and in time, and did it do the right thing. The second is seen by
the downloads of the media, which the mock serves itself, and by --probe.

Examples:
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate \\
    --probe 'http://127.0.0.1:3000/probe?taskId={taskId}' --report junit=receiver.xml,html=receiver.html

Ends with 0 when no MUST was broken in what was observed, 1 when a MUST was, 2 when a SHOULD was under --strict,
3 when nothing could be concluded.`,
    )
    .action((url: string | undefined, flags: VerifyReceiverFlags & { json?: boolean }) =>
      action<VerifyReceiverFlags>(async (rest, printer) =>
        (await import('./verify-receiver.ts')).verifyReceiver(url, rest, printer),
      )(flags),
    );
}

const CLIENT_HELP = `
The command runs once for each thing that can happen to a client, each time against a mock and with a key of its own.
These are replaced in the command and in --env: {url} (the mock), {key}, {callback} (a URL that always answers 200),
{prompt} and {dir} (an empty folder). The client is judged by its calls, its downloads, its output and its exit code.

In production clients wait for minutes. Shorten their waits by a factor, and pass that factor: with a poll every second
instead of every 30, --time-scale 30. Verdicts on pace then use 30 times the measured time.

Where a run fails, it is repeated before it counts: alone, if it ran in parallel with others (a client may have a fixed
port), and again if it measures time.

--quick judges what four short runs show: that the client gets its video, that its calls and bodies are valid, and that
it survives a refusal, a failure and a broken connection.

With --tls the mock, its media and {callback} are https. The client trusts them by NODE_EXTRA_CA_CERTS, SSL_CERT_FILE,
REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE, which are set for it.

Examples:
  stuntdouble verify client --env RUNWAY_BASE={url} --env RUNWAY_KEY={key} --time-scale 30 -- node make-video.js
  stuntdouble verify client --only CLI-POL --env API={url} --time-scale 30 -- python3 make_video.py "{prompt}"
  stuntdouble verify client --quick --env API={url} --time-scale 30 -- ./make-video

Exit code: 0 no MUST was broken in what was observed, 1 a MUST was broken, 2 a SHOULD was broken under --strict, 3 nothing could be concluded.`;

function addClient(verify: Command, action: Action, jsonHelp: string): void {
  const client = verify
    .command('client')
    .description('Run a client through every case of the contract, and observe what it calls')
    .argument('[command...]', 'the command that runs the client once, after --')
    .option('--json', jsonHelp);
  const add = (group: string, flags: string, text: string) =>
    client.addOption(serverOption(flags, text).helpGroup(group));
  client.addOption(
    new Option('--env <name=value>', 'a variable of its environment (repeatable)')
      .argParser((value: string, before: readonly string[] = []) => [...before, value])
      .helpGroup('The client:'),
  );
  addChoice(client, 'CLI-POL CLI-CRE-07');
  add(
    'What is judged:',
    '--quick',
    'only what four short runs show, in less than 30 seconds; --only narrows it',
  );
  add('What is judged:', '--pack <dir...>', 'packs in addition to the built-in ones');
  add('What is judged:', '--profile <name>', 'documented or observed');
  add('What is judged:', '--seed <n>', 'same seed, same task ids (default: new ones)');
  client.addOption(
    serverOption('--concurrency <n>', 'number of tasks that the account may run at once')
      .argParser(wholeNumber)
      .helpGroup('What is judged:'),
  );
  add(
    'What is judged:',
    '--allow-callback <host...>',
    'hosts that callbacks may go to beyond private addresses',
  );
  client.addOption(
    serverOption(
      '--time-scale <n>',
      'factor by which the waits of the client are shorter than in production (default: 1)',
    )
      .argParser(factor)
      .helpGroup('Time:'),
  );
  add(
    'Time:',
    '--time-limit <duration>',
    'longest duration of one run, wall time (default: 2m, with --quick 12s)',
  );
  add(
    'Time:',
    '--give-up-within <duration>',
    'time in which it must stop asking for what never comes, in its own time (default: 15m)',
  );
  add(
    'Time:',
    '--download-within <duration>',
    "time in which media should be downloaded, in its own time (default: the vendor's)",
  );
  client.addOption(
    serverOption('--jobs <n>', 'number of runs in parallel (default: 4)')
      .argParser(wholeNumber)
      .helpGroup('Time:'),
  );
  add(
    'The client:',
    '--tls [dir]',
    'https for the mock and {callback}, by a certificate authority in this folder (default: .stuntdouble)',
  );
  addOutput(client);
  client
    .addHelpText('after', CLIENT_HELP)
    .action((command: string[], flags: VerifyClientFlags & { json?: boolean }) =>
      action<VerifyClientFlags>(async (rest, printer) =>
        (await import('./verify-client.ts')).verifyClient(command, rest, printer),
      )(flags),
    );
}

/** Which cases of a suite are run, and what counts. */
function addChoice(suite: Command, example: string): void {
  const add = (flags: string, text: string) =>
    suite.addOption(serverOption(flags, text).helpGroup('What is judged:'));
  add('--only <id...>', `only these cases, by id or its beginning: ${example}`);
  add('--strict', 'a broken SHOULD counts as well (exit code 2)');
  add('--list', 'list the cases and run nothing');
  add('--dry-run', 'list the cases that would run and run nothing');
}

/** Where the verdicts of a suite go. */
function addOutput(suite: Command): void {
  const add = (flags: string, text: string) =>
    suite.addOption(serverOption(flags, text).helpGroup('Reports:'));
  add('--report <format=file,...>', 'also write reports: junit=F, sarif=F, json=F, html=F');
  add('--compare <json...>', 'earlier JSON reports to show next to this one in html=F');
  add(
    '--sarif-location <file>',
    'the file of your repository that SARIF results point at (default: package.json or another manifest)',
  );
}
