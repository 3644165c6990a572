import type { Command } from 'commander';
import type { Printer } from './print.ts';
import { serverOption, wholeNumber } from './server-options.ts';
import type { VerifyPayloadFlags } from './verify-payload.ts';
import type { VerifyReceiverFlags } from './verify-receiver.ts';

type Action = <Flags extends object>(
  run: (flags: Flags, printer: Printer) => Promise<number> | number,
) => (flags: Flags & { json?: boolean }) => Promise<void>;

/** `verify …`: the options of each, and what loads only when it runs. */
export function addVerifyCommands(verify: Command, action: Action, jsonHelp: string): void {
  addReceiver(verify, action, jsonHelp);
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
    .requiredOption('--event <name>', 'like runway.generate; "stuntdouble events" lists all')
    .option('--json', jsonHelp);

  const judging = (flags: string, text: string) =>
    receiver.addOption(serverOption(flags, text).helpGroup('What is judged:'));
  judging('--only <id...>', 'these cases, by id or its beginning: RCV-IDM RCV-TIM-01');
  judging('--strict', 'broken SHOULDs count, too (exit code 2)');
  judging('--list', 'say which cases there are, and send nothing');
  judging('--dry-run', 'say which cases would be run, and send nothing');
  judging('--pack <dir...>', 'packs beside the built-in ones');
  judging('--profile <name>', 'documented or observed');
  judging('--seed <n>', 'same seed, same task ids (default: new ones, because receivers remember)');

  const time = (flags: string, text: string) =>
    receiver.addOption(serverOption(flags, text).helpGroup('Time:'));
  time('--ack-timeout <duration>', "how long it has to answer (default: the vendor's); 1s makes a quick run");
  time(
    '--settle <duration>',
    'how long nothing may happen before a task counts as done (default: found out)',
  );
  receiver.addOption(
    serverOption('--jobs <n>', 'cases beside each other (default: 8)')
      .argParser(wholeNumber)
      .helpGroup('Time:'),
  );

  const channel = (flags: string, text: string) =>
    receiver.addOption(serverOption(flags, text).helpGroup('What the judge can see, and make happen:'));
  channel('--probe <url|command>', 'answers {"state","effects","class","retryable","escaped"} for {taskId}');
  channel('--submit <url|command>', 'makes your system create one task at the mock');
  receiver.addOption(
    serverOption('--api-port <n>', 'where your system finds that mock (default: any free port, in $API)')
      .argParser(wholeNumber)
      .helpGroup('What the judge can see, and make happen:'),
  );
  channel('--restart-cmd <command>', 'restarts the receiver, and ends when it listens again');
  channel('--secret <key>', 'callbacks are signed with it');
  channel('--tls [dir]', 'media come over https, from a certificate authority written to this folder');
  receiver.addOption(
    serverOption('--report <format=file,...>', 'also write junit=F, sarif=F, json=F, html=F').helpGroup(
      'Reports:',
    ),
  );
  receiver.addOption(
    serverOption('--compare <json...>', 'earlier reports to put beside this one on the page').helpGroup(
      'Reports:',
    ),
  );
  receiver
    .addHelpText(
      'after',
      `
Each case is judged twice: did it answer right and in time, and did it do the right thing. The second is seen by
the downloads of the media, which the mock serves itself, and by --probe.

Examples:
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --ack-timeout 1s
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only RCV-IDM-01
  stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate \\
    --probe 'http://127.0.0.1:3000/probe?taskId={taskId}' --report junit=receiver.xml,html=receiver.html

Ends with 0 when it passed, 1 when a MUST was broken, 2 when a SHOULD was under --strict, 3 when nothing could be judged.`,
    )
    .action((url: string | undefined, flags: VerifyReceiverFlags & { json?: boolean }) =>
      action<VerifyReceiverFlags>(async (rest, printer) =>
        (await import('./verify-receiver.ts')).verifyReceiver(url, rest, printer),
      )(flags),
    );
}
