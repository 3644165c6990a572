import { commandLine, quote } from '../command-line.ts';
import { hideInCommand, isSecretVariable } from '../hide-keys.ts';
import type { ClientOptions } from './client-options.ts';

/** Returns the command that judges only this case. @param flags the options as they were given */
export function replayLine(id: string, seed: string, flags: ClientOptions): string {
  const { command = [], env = {} } = flags;
  const line = commandLine(
    ['stuntdouble verify client --only', id],
    [
      ...(flags.packs ?? []).map((dir) => ['--pack', dir] as const),
      ['--profile', flags.profile],
      ['--seed', flags.seed === undefined ? undefined : seed],
      ['--time-scale', flags.timeScale],
      ['--time-limit', flags.timeLimit],
      ['--give-up-within', flags.giveUpWithin],
      ['--download-within', flags.downloadWithin],
      ['--concurrency', flags.concurrency],
      ...(flags.allowCallback ?? []).map((host) => ['--allow-callback', host] as const),
      ['--tls', flags.tls],
      ...Object.entries(env)
        .filter(([name, value]) => !isSecretVariable(name, value))
        .map(([name, value]) => ['--env', `${name}=${value}`] as const),
    ],
  );
  // The values of keys are taken from the shell, so that they are not printed.
  const keys = Object.entries(env).filter(([name, value]) => isSecretVariable(name, value));
  const whole = [line, ...keys.map(([name]) => `--env "${name}=$${name}"`)].join(' ');
  return command.length === 0 ? whole : `${whole} -- ${hideInCommand(command).map(quote).join(' ')}`;
}
