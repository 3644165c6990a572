import { commandLine, quote } from '../command-line.ts';
import { hideInCommand, hideInUrl } from '../hide-keys.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import type { Subject } from './subject.ts';

interface Replay {
  readonly subject: Subject;
  readonly seed: string;
  readonly options: ReceiverOptions;
}

/** Returns the command that runs one case again with the same options. */
export function replayLine(id: string, { subject, seed, options }: Replay): string {
  const words = [
    'stuntdouble verify receiver',
    quote(hideInUrl(subject.url)),
    '--event',
    subject.event.name,
    '--only',
    id,
  ];
  const line = commandLine(words, [
    ...(options.packs ?? []).map((dir) => ['--pack', dir] as const),
    ['--profile', options.profile],
    ['--seed', options.seed === undefined ? undefined : seed],
    ['--ack-timeout', options.ackTimeout],
    ['--settle', options.settle],
    ['--download-within', options.downloadWithin],
    ['--poll-within', options.pollWithin],
    ['--probe', hidden(options.probe)],
    ['--submit', hidden(options.submit)],
    ['--api-port', options.apiPort],
    ['--media-host', options.mediaHost],
    ['--restart-cmd', hidden(options.restartCommand)],
    ['--tls', options.tls],
    ...Object.keys(options.headers ?? {}).map((name) => ['--header', `${name}: …`] as const),
  ]);
  const flags = options.realGaps === true ? `${line} --real-gaps` : line;
  // A report may be shared, so it must not contain the key.
  return options.secret === undefined ? flags : `${flags} --secret "$SECRET"`;
}

function hidden(command: string | undefined): string | undefined {
  return command === undefined ? undefined : hideInCommand(command.split(' ')).join(' ');
}
