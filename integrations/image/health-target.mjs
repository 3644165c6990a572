import { flagValue } from './flag-value.mjs';

const OFF = ['', 'false', '0', 'no', 'off'];

/**
 * Returns where the mock listens, from the command line of the container and its environment.
 * @param commandLine the words of the first process, which may begin with an init program
 */
export function healthTarget(commandLine, env) {
  const entry = commandLine.findIndex((word) => word.endsWith('/entry.mjs'));
  const words = entry < 0 ? [] : commandLine.slice(entry + 1);
  const isOn = (name) => !OFF.includes((env[name] ?? '').trim().toLowerCase());
  const isSecure =
    words.some((word) => /^--(tls|cert)(=|$)/.test(word)) ||
    isOn('STUNTDOUBLE_TLS') ||
    isOn('STUNTDOUBLE_CERT');
  return {
    protocol: isSecure ? 'https:' : 'http:',
    port: Number(flagValue(words, '--port', '-p') ?? env.STUNTDOUBLE_PORT ?? 4010),
    token: flagValue(words, '--admin-token') ?? env.STUNTDOUBLE_ADMIN_TOKEN,
  };
}
