import { commandLine, quote } from '../command-line.ts';
import { hideInCommand, hideInUrl } from '../hide-keys.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** Returns the command that runs one case again with the same options. @param flags the options as they were given */
export function replayLine(id: string, seed: string, flags: ReceiverOptions): string {
  const words = [
    'stuntdouble verify receiver',
    quote(hideInUrl(flags.url)),
    '--event',
    flags.event,
    '--only',
    id,
  ];
  const line = commandLine(words, [
    ...(flags.packs ?? []).map((dir) => ['--pack', dir] as const),
    ['--profile', flags.profile],
    ['--seed', flags.seed === undefined ? undefined : seed],
    ['--ack-timeout', flags.ackTimeout],
    ['--settle', flags.settle],
    ['--fast-ack', flags.fastAck],
    ['--download-within', flags.downloadWithin],
    ['--poll-within', flags.pollWithin],
    ['--probe', hidden(flags.probe)],
    ['--submit', hidden(flags.submit)],
    ['--api-port', flags.apiPort],
    ['--media-host', flags.mediaHost],
    ['--restart-cmd', hidden(flags.restartCommand)],
    ['--tls', flags.tls],
    ...Object.keys(flags.headers ?? {}).map((name) => ['--header', `${name}: …`] as const),
  ]);
  const whole = flags.realGaps === true ? `${line} --real-gaps` : line;
  // A report may be shared, so it must not contain the key.
  return flags.secret === undefined ? whole : `${whole} --secret "$SECRET"`;
}

function hidden(command: string | undefined): string | undefined {
  return command === undefined ? undefined : hideInCommand(command.split(' ')).join(' ');
}
