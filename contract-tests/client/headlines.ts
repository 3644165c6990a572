import { isIP } from 'node:net';
import type { Headline } from '../report.ts';
import type { ClientSettings } from './client-settings.ts';
import type { CallbackAttempt, Evidence } from './evidence.ts';
import { unmockedIn } from './evidence-queries.ts';
import { proxiesIn, withoutProxy } from './proxies.ts';
import { count } from './wording.ts';

/** Returns the findings that explain several verdicts, printed before all of them. */
export function headlinesOf(runs: readonly Evidence[], settings: ClientSettings): Headline[] {
  return [...unacknowledgedCallbacks(runs, settings), ...unmockedCalls(runs)];
}

/** Returns remarks on how the client was run. */
export function notesOf({ ambientEnv, nameOption }: ClientSettings, runsAlone: boolean): string[] {
  const proxies = proxiesIn(ambientEnv);
  const alone = runsAlone
    ? [
        `Instances of the client could not run in parallel, so they ran one at a time. Set ${nameOption('jobs')} to 1 to skip the attempt.`,
      ]
    : [];
  return proxies.length === 0
    ? alone
    : [
        ...alone,
        `${proxies.join(' and ')} ${proxies.length === 1 ? 'is' : 'are'} set. The client was started with NO_PROXY=${withoutProxy(ambientEnv).NO_PROXY}, so that it reaches the mock.`,
      ];
}

function unacknowledgedCallbacks(runs: readonly Evidence[], settings: ClientSettings): Headline[] {
  // An attempt in flight when a run ended proves nothing about the receiver.
  const attempts = runs
    .flatMap((evidence) => evidence.attempts)
    .filter(({ entry }) => entry.attempt.outcome !== 'interrupted');
  const [first] = attempts;
  if (first === undefined || attempts.some(({ isAcknowledged }) => isAcknowledged)) return [];
  const { outcome } = first.entry.attempt;
  const same = attempts.every(({ entry }) => entry.attempt.outcome === outcome);
  const which = attempts.length === 1 ? 'The only callback' : `None of ${attempts.length} callback attempts`;
  const text = `${which} ${attempts.length === 1 ? 'was not' : 'was'} acknowledged by ${first.entry.url}: ${describe(first)}${same ? '' : ' (other attempts failed differently)'}.`;
  return [{ text, remedy: remedyOf(first, settings) }];
}

function describe({ entry: { attempt, url } }: CallbackAttempt): string {
  const { status } = attempt;
  const words: Partial<Record<typeof attempt.outcome, string>> = {
    rejected: `it answered HTTP ${status}`,
    redirect: `it answered HTTP ${status}, and vendors do not follow redirects`,
    timeout: 'it did not answer in time',
    refused: 'the connection was refused',
    reset: 'the connection was reset',
    dns: `the host ${hostOf(url)} could not be resolved`,
    tls: 'its certificate is not trusted',
    blocked: `callbacks to ${hostOf(url)} are not allowed`,
  };
  return words[attempt.outcome] ?? attempt.outcome;
}

function remedyOf({ entry: { attempt, url } }: CallbackAttempt, settings: ClientSettings): string {
  const { tlsDir, nameOption } = settings;
  const callback = callbackFor(settings);
  switch (attempt.outcome) {
    case 'refused':
    case 'reset':
    case 'dns':
      return `Start your receiver at this URL before the client runs, or pass ${callback} to the client, which always answers 200.`;
    case 'blocked':
      return isIP(hostOf(url)) === 0
        ? `Allow it with ${nameOption('allowCallback', hostOf(url))}, or use a receiver on this machine.`
        : `Use a receiver on this machine, or allow the address with ${nameOption('allowCallback')}.`;
    case 'tls':
      return tlsDir === null
        ? `Use a certificate that this machine trusts (NODE_EXTRA_CA_CERTS), or set ${nameOption('tls')} and pass ${callback} to the client.`
        : `Use a certificate issued by the authority in ${tlsDir}, or pass ${callback} to the client.`;
    case 'timeout':
      return 'Acknowledge the callback before processing it, within the time that the vendor waits.';
    default:
      return 'Let the receiver answer 200 at exactly this URL.';
  }
}

/** Returns what stands for the callback URL of the mock: a placeholder of a command, or a part of the context. */
function callbackFor({ client }: ClientSettings): string {
  return client.kind === 'command' ? '{callback}' : '"callback" of its context';
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

function unmockedCalls(runs: readonly Evidence[]): Headline[] {
  const calls = (runs[0] === undefined ? [] : unmockedIn(runs[0])).map(({ entry }) => entry);
  const names = [...new Set(calls.map(({ method, url }) => `${method} ${url.split('?')[0]}`))];
  if (names.length === 0) return [];
  return [
    {
      text: `${count(calls, 'call')} could not be judged. The vendor documents ${names.join(', ')}, but the mock does not serve ${names.length === 1 ? 'it' : 'them'}.`,
      remedy:
        'Remove these calls from the client, or add the operations to your own pack (docs/add-a-vendor.md).',
    },
  ];
}
