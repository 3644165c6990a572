import type { Command } from 'commander';
import type { Action, AddText, MakeCommand } from './command-parts.ts';
import {
  duration,
  factor,
  header,
  headerText,
  type Reader,
  variable,
  webAddress,
  wholeNumber,
} from './readers.ts';
import { addConfigOption, addPackOptions } from './server-options.ts';
import { Setting, type SettingRules } from './setting.ts';
import type { VerifyClientFlags } from './verify-client.ts';
import type { VerifyPayloadFlags } from './verify-payload.ts';
import type { VerifyReceiverFlags } from './verify-receiver.ts';

export interface CommandParts {
  readonly action: Action;
  readonly command: MakeCommand;
  readonly addText: AddText;
}

/** Adds the subcommands of `verify`. Their modules are loaded when they run. */
export function addVerifyCommands(verify: Command, parts: CommandParts): void {
  addReceiver(verify, parts);
  addClient(verify, parts);
  addPayload(verify, parts);
}

const EVENT = 'event to send, such as runway.generate; "stuntdouble events" lists all events';

function addPayload(verify: Command, { action, command, addText }: CommandParts): void {
  const payload = command(verify, 'payload', 'Validate captured callbacks or answers against the contract')
    .argument('<file>', 'file with one JSON document, or one per line; - for standard input')
    .addOption(new Setting('--event <name>', 'event of the captured callbacks, such as runway.generate'))
    .addOption(
      new Setting(
        '--answer <pack/operation>',
        'operation of the captured answers, such as runway/get-ai-video-details',
      ),
    )
    .addOption(
      new Setting('--status <n>', 'HTTP status of the captured answers (default: 200)', {
        reader: wholeNumber(100, 599),
      }),
    );
  adder(payload, 'Reports:')('--report <format=file,...>', 'write reports to files: junit=F, sarif=F');
  addConfigOption(addPackOptions(payload));
  addText(
    payload,
    `
Examples:
  stuntdouble verify payload callbacks.jsonl --event runway.generate
  stuntdouble verify payload answers.jsonl --answer runway/generate-ai-video --report sarif=answers.sarif

Exit codes: 0 if all messages are valid, 1 if a message is invalid, 3 without a message to validate.`,
  ).action((file: string, flags: VerifyPayloadFlags & { json?: boolean }) =>
    action<VerifyPayloadFlags>(async (rest, printer) =>
      (await import('./verify-payload.ts')).verifyPayload(file, rest, printer),
    )(flags),
  );
}

/** Returns a function that adds options under a heading of the help. */
function adder(command: Command, group: string) {
  return (flags: string, text: string, rules: Omit<SettingRules, 'group'> = {}): void => {
    command.addOption(new Setting(flags, text, { ...rules, group }));
  };
}

const reading = (reader: Reader<unknown>): SettingRules => ({ reader });

function addReceiver(verify: Command, { action, command, addText }: CommandParts): void {
  const receiver = command(verify, 'receiver', 'Test a webhook receiver against every case of the contract')
    .argument('[url]', 'callback URL of the receiver, such as http://127.0.0.1:3000/callback')
    .addOption(new Setting('--event <name>', EVENT));
  addReceiverChoice(receiver);
  addReceiverTime(receiver);
  addReceiverChannels(receiver);
  addOutput(receiver);
  addText(
    receiver,
    `
Each case has two verdicts: whether the receiver answered correctly and in time, and whether it processed the callback
correctly. Processing is observed through media downloads, which the mock serves itself, and through --probe.

Examples:
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate \\
    --probe 'http://127.0.0.1:3000/probe?taskId={taskId}' --report junit=receiver.xml,html=receiver.html

Exit codes: 0 if no MUST violation was observed, 1 if a MUST is violated, 2 if a SHOULD is violated under --strict,
3 if no verdict is possible.`,
  ).action((url: string | undefined, flags: VerifyReceiverFlags & { json?: boolean }) =>
    action<VerifyReceiverFlags>(async (rest, printer) =>
      (await import('./verify-receiver.ts')).verifyReceiver(url, rest, printer),
    )(flags),
  );
}

function addReceiverChoice(receiver: Command): void {
  addChoice(receiver, 'RCV-IDM RCV-TIM-01');
  const add = adder(receiver, 'Cases:');
  add('--quick', 'test only for the most frequent mistakes, in less than 30 seconds; --only overrides it');
  addPackOptions(receiver, 'Cases:');
  add('--seed <n>', 'seed of task ids (default: random, because receivers ignore repeated tasks)');
}

function addReceiverTime(receiver: Command): void {
  const add = adder(receiver, 'Time:');
  const time = (flags: string, text: string): void => add(flags, text, reading(duration));
  time('--ack-timeout <duration>', 'time the receiver has to answer (default: per vendor)');
  time(
    '--settle <duration>',
    'time within which processing must start and make progress (default: measured at the first callback)',
  );
  time('--fast-ack <duration>', 'time within which 95% of the answers must arrive (default: 2s)');
  time('--download-within <duration>', 'time within which a download must start (default: 60s)');
  time(
    '--poll-within <duration>',
    'time within which the receiver must poll a task whose callbacks never arrive (default: not tested)',
  );
  add('--real-gaps', "wait for the vendor's gaps between attempts (default: skip them)");
  add('--jobs <n>', 'number of cases to run in parallel (default: 8)', reading(wholeNumber(1)));
}

function addReceiverChannels(receiver: Command): void {
  const add = adder(receiver, 'Observation and control:');
  add(
    '--probe <url|command>',
    'reports the processing of {taskId} as {"state","effects","class","retryable","escaped"}',
  );
  add(
    '--submit <url|command>',
    'makes your system create a task at the mock; every case then uses such a task',
  );
  add(
    '--api-port <n>',
    'port of the mock for --submit (default: a free port, in $API)',
    reading(wholeNumber(0, 65_535)),
  );
  add('--restart-cmd <command>', 'restarts the receiver and exits when it is listening again');
  add('--secret <key>', 'secret for signing callbacks');
  add('--header <name: value>', 'header to add to each callback; repeatable', {
    list: 'lines',
    reader: header,
  });
  add(
    '--media-host <name>',
    'host name in media URLs, for receivers that allow only certain hosts (default: 127.0.0.1)',
  );
  add(
    '--tls [dir]',
    'serve media over HTTPS with a generated certificate, whose authority is stored in this folder (default: .stuntdouble)',
  );
}

const CLIENT_HELP = `
The command runs once for each situation, each time with a new mock and a new key. These placeholders are replaced in
the command and in --env: {url} (the mock), {url:PACK} (the base URL of one pack), {key}, {callback} (a URL that always
answers 200), {prompt} and {dir} (an empty folder). The verdicts are based on the client's calls, downloads, output and exit code.

In production, clients wait for minutes. Shorten their waits by a factor and pass this factor: --time-scale 30 for a
poll every second instead of every 30 seconds. Verdicts on pace multiply the measured time by this factor.

A failed run is repeated before it counts: alone, if it ran in parallel with others (the client may use a fixed port),
and once more if it measures time.

--quick covers what four short runs can show: the client gets its video, its calls and bodies are valid, and it handles
a rejection, a failure and a broken connection.

With --tls, the mock, its media and {callback} use HTTPS. NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE and
CURL_CA_BUNDLE are set, so that the client trusts them.

Examples:
  stuntdouble verify client --env RUNWAY_BASE={url} --env RUNWAY_KEY={key} --time-scale 30 -- node make-video.js
  stuntdouble verify client --only CLI-POL --env API={url} --time-scale 30 -- python3 make_video.py "{prompt}"
  stuntdouble verify client --quick --env API={url} --time-scale 30 -- ./make-video
  stuntdouble verify client --url http://127.0.0.1:4010

Exit codes: 0 if no MUST violation was observed, 1 if a MUST is violated, 2 if a SHOULD is violated under --strict,
3 if no verdict is possible.`;

function addClient(verify: Command, { action, command, addText }: CommandParts): void {
  const client = command(verify, 'client', 'Test a client against every case of the contract').argument(
    '[command...]',
    'command that runs the client once, after --',
  );
  addClientCommand(client);
  addClientChoice(client);
  addClientTime(client);
  addOutput(client);
  addText(client, CLIENT_HELP).action((words: string[], flags: VerifyClientFlags & { json?: boolean }) =>
    action<VerifyClientFlags>(async (rest, printer) =>
      (await import('./verify-client.ts')).verifyClient(words, rest, printer),
    )(flags),
  );
}

function addClientCommand(client: Command): void {
  const add = adder(client, 'Client:');
  add('--env <name=value>', 'environment variable of the client; repeatable', {
    list: 'lines',
    reader: variable,
  });
  add(
    '--tls [dir]',
    'serve the mock and {callback} over HTTPS with a generated certificate, whose authority is stored in this folder (default: .stuntdouble)',
  );
  add(
    '--url <url>',
    'running mock, or the replicas behind a load balancer: judge what its clients have done so far, and run none',
    { reader: webAddress },
  );
  add('--admin-token <text>', 'token of the running mock', { reader: headerText });
}

function addClientChoice(client: Command): void {
  addChoice(client, 'CLI-POL CLI-CRE-07');
  const add = adder(client, 'Cases:');
  add('--quick', 'test only what four short runs can show, in less than 30 seconds; --only narrows it');
  addPackOptions(client, 'Cases:');
  add('--seed <n>', 'seed of task ids (default: random)');
  add('--concurrency <n>', 'number of tasks that the account may run at once', reading(wholeNumber(1)));
  add(
    '--allow-callback <host...>',
    'hosts that callbacks may be sent to, in addition to loopback and private addresses',
    {
      list: 'commas',
    },
  );
}

function addClientTime(client: Command): void {
  const add = adder(client, 'Time:');
  add('--time-scale <n>', "factor by which the client's waits are shortened (default: 1)", reading(factor));
  add(
    '--time-limit <duration>',
    'maximum duration of one run, wall time (default: 2m, or 12s with --quick)',
    reading(duration),
  );
  add(
    '--give-up-within <duration>',
    'time within which the client must stop polling a task that never ends, in production time (default: 15m)',
    reading(duration),
  );
  add(
    '--download-within <duration>',
    'time within which media should be downloaded, in production time (default: per vendor)',
    reading(duration),
  );
  add('--jobs <n>', 'number of runs in parallel (default: 4)', reading(wholeNumber(1)));
}

/** Adds the options that select the cases of a suite. */
function addChoice(suite: Command, example: string): void {
  const add = adder(suite, 'Cases:');
  add('--only <id...>', `run only the cases whose ids begin with these values, such as ${example}`, {
    list: 'commas',
  });
  add('--strict', 'fail if a SHOULD is violated (exit code 2)');
  add('--list', 'list the cases without running them');
  add('--dry-run', 'list the cases that would run, without running them');
}

/** Adds the options for the reports of a suite. */
function addOutput(suite: Command): void {
  const add = adder(suite, 'Reports:');
  add('--report <format=file,...>', 'write reports to files: junit=F, sarif=F, json=F, html=F');
  add('--compare <json...>', 'previous JSON reports to show next to this one in html=F', { list: 'commas' });
  add(
    '--sarif-location <file>',
    'file of your repository that SARIF results refer to (default: package.json or another manifest)',
  );
  addConfigOption(suite, 'Reports:');
}
