import type { Command } from 'commander';
import type { Action, AddText, MakeCommand } from './program.ts';
import { duration, factor, header, type Reader, variable, wholeNumber } from './readers.ts';
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

/** `verify …`: the options of each, and what loads only when it runs. */
export function addVerifyCommands(verify: Command, parts: CommandParts): void {
  addReceiver(verify, parts);
  addClient(verify, parts);
  addPayload(verify, parts);
}

const EVENT = 'the callback to send, like runway.generate; "stuntdouble events" lists all';

function addPayload(verify: Command, { action, command, addText }: CommandParts): void {
  const payload = command(verify, 'payload', 'Compare captured callbacks or answers with the contract')
    .argument('<file>', 'one JSON document, or one in each line; - for standard input')
    .addOption(new Setting('--event <name>', 'they are callbacks of this event, like runway.generate'))
    .addOption(new Setting('--answer <pack/operation>', 'they are answers, like runway/get-ai-video-details'))
    .addOption(
      new Setting('--status <n>', 'their HTTP status (default: 200)', { reader: wholeNumber(100, 599) }),
    );
  addConfigOption(addPackOptions(payload));
  addText(
    payload,
    `
Example:
  stuntdouble verify payload callbacks.jsonl --event runway.generate

Exit codes: 0 when all keep the contract, 1 when one breaks it, 3 when there is none to judge.`,
  ).action((file: string, flags: VerifyPayloadFlags & { json?: boolean }) =>
    action<VerifyPayloadFlags>(async (rest, printer) =>
      (await import('./verify-payload.ts')).verifyPayload(file, rest, printer),
    )(flags),
  );
}

/** Adds options under a heading of the help. */
function adder(command: Command, group: string) {
  return (flags: string, text: string, rules: Omit<SettingRules, 'group'> = {}): void => {
    command.addOption(new Setting(flags, text, { ...rules, group }));
  };
}

const reading = (reader: Reader<unknown>): SettingRules => ({ reader });

function addReceiver(verify: Command, { action, command, addText }: CommandParts): void {
  const receiver = command(
    verify,
    'receiver',
    'Send a receiver every case of the contract, and observe what it does',
  )
    .argument('[url]', 'where it accepts callbacks, like http://127.0.0.1:3000/callback')
    .addOption(new Setting('--event <name>', EVENT));
  addReceiverChoice(receiver);
  addReceiverTime(receiver);
  addReceiverChannels(receiver);
  addOutput(receiver);
  addText(
    receiver,
    `
Each case is judged twice: did it answer correctly and in time, and did it do the right thing. The second is seen by
the downloads of the media, which the mock serves itself, and by --probe.

Examples:
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate \\
    --probe 'http://127.0.0.1:3000/probe?taskId={taskId}' --report junit=receiver.xml,html=receiver.html

Exit codes: 0 when no MUST was broken in what was observed, 1 when a MUST was, 2 when a SHOULD was under --strict,
3 when nothing could be concluded.`,
  ).action((url: string | undefined, flags: VerifyReceiverFlags & { json?: boolean }) =>
    action<VerifyReceiverFlags>(async (rest, printer) =>
      (await import('./verify-receiver.ts')).verifyReceiver(url, rest, printer),
    )(flags),
  );
}

function addReceiverChoice(receiver: Command): void {
  addChoice(receiver, 'RCV-IDM RCV-TIM-01');
  const add = adder(receiver, 'What is judged:');
  add('--quick', 'only the most frequent mistakes, in less than 30 seconds; --only overrides it');
  addPackOptions(receiver, 'What is judged:');
  add('--seed <n>', 'same seed, same task ids (default: new ones, because receivers remember)');
}

function addReceiverTime(receiver: Command): void {
  const add = adder(receiver, 'Time:');
  const time = (flags: string, text: string): void => add(flags, text, reading(duration));
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
  add('--real-gaps', "wait the vendor's own gaps between retries (default: leave them out)");
  add('--jobs <n>', 'cases to run in parallel (default: 8)', reading(wholeNumber(1)));
}

function addReceiverChannels(receiver: Command): void {
  const add = adder(receiver, 'What the judge can see and cause:');
  add('--probe <url|command>', 'answers {"state","effects","class","retryable","escaped"} for {taskId}');
  add(
    '--submit <url|command>',
    'makes your system create one task at the mock; every case then uses such tasks',
  );
  add(
    '--api-port <n>',
    'where your system finds that mock (default: any free port, in $API)',
    reading(wholeNumber(0, 65_535)),
  );
  add('--restart-cmd <command>', 'restarts the receiver, and ends when it listens again');
  add('--secret <key>', 'key to sign callbacks with');
  add('--header <name: value>', 'header to add to each callback; may be given more than once', {
    list: 'lines',
    reader: header,
  });
  add('--media-host <name>', 'host name in media URLs, for a list of allowed hosts (default: 127.0.0.1)');
  add(
    '--tls [dir]',
    'serve media over https, with a certificate authority kept in this folder (default: .stuntdouble)',
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

Exit codes: 0 when no MUST was broken in what was observed, 1 when a MUST was, 2 when a SHOULD was under --strict,
3 when nothing could be concluded.`;

function addClient(verify: Command, { action, command, addText }: CommandParts): void {
  const client = command(
    verify,
    'client',
    'Run a client through every case of the contract, and observe what it calls',
  ).argument('[command...]', 'the command that runs the client once, after --');
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
  const add = adder(client, 'The client:');
  add('--env <name=value>', 'a variable of its environment; may be given more than once', {
    list: 'lines',
    reader: variable,
  });
  add(
    '--tls [dir]',
    'https for the mock and {callback}, by a certificate authority in this folder (default: .stuntdouble)',
  );
}

function addClientChoice(client: Command): void {
  addChoice(client, 'CLI-POL CLI-CRE-07');
  const add = adder(client, 'What is judged:');
  add('--quick', 'only what four short runs show, in less than 30 seconds; --only narrows it');
  addPackOptions(client, 'What is judged:');
  add('--seed <n>', 'same seed, same task ids (default: new ones)');
  add('--concurrency <n>', 'number of tasks that the account may run at once', reading(wholeNumber(1)));
  add('--allow-callback <host...>', 'hosts that callbacks may go to beyond private addresses', {
    list: 'commas',
  });
}

function addClientTime(client: Command): void {
  const add = adder(client, 'Time:');
  add(
    '--time-scale <n>',
    'factor by which the waits of the client are shorter than in production (default: 1)',
    reading(factor),
  );
  add(
    '--time-limit <duration>',
    'longest duration of one run, wall time (default: 2m, with --quick 12s)',
    reading(duration),
  );
  add(
    '--give-up-within <duration>',
    'time in which it must stop asking for what never comes, in its own time (default: 15m)',
    reading(duration),
  );
  add(
    '--download-within <duration>',
    "time in which media should be downloaded, in its own time (default: the vendor's)",
    reading(duration),
  );
  add('--jobs <n>', 'number of runs in parallel (default: 4)', reading(wholeNumber(1)));
}

/** Which cases of a suite are run, and what counts. */
function addChoice(suite: Command, example: string): void {
  const add = adder(suite, 'What is judged:');
  add('--only <id...>', `only these cases, by id or its beginning: ${example}`, { list: 'commas' });
  add('--strict', 'a broken SHOULD counts as well (exit code 2)');
  add('--list', 'list the cases and run nothing');
  add('--dry-run', 'list the cases that would run and run nothing');
}

/** Where the verdicts of a suite go. */
function addOutput(suite: Command): void {
  const add = adder(suite, 'Reports:');
  add('--report <format=file,...>', 'also write reports: junit=F, sarif=F, json=F, html=F');
  add('--compare <json...>', 'earlier JSON reports to show next to this one in html=F', { list: 'commas' });
  add(
    '--sarif-location <file>',
    'the file of your repository that SARIF results point at (default: package.json or another manifest)',
  );
  addConfigOption(suite, 'Reports:');
}
