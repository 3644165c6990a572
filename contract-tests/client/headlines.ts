import { isIP } from 'node:net';
import type { Headline } from '../report.ts';
import type { ClientSettings } from './client-options.ts';
import type { CallbackTry, Evidence } from './evidence.ts';
import { proxiesIn, withoutProxy } from './proxies.ts';
import { unmockedIn } from './questions.ts';

/** What explains more than one verdict, and stands before them all. */
export function headlinesOf(runs: readonly Evidence[], settings: ClientSettings): Headline[] {
  return [...deafReceiver(runs, settings), ...notJudged(runs)];
}

/** Remarks on how the client was run. */
export function notesOf({ given }: ClientSettings, runsAlone: boolean): string[] {
  const proxies = proxiesIn(given);
  const alone = runsAlone
    ? [
        'Two instances of the client could not run at the same time, so they ran one by one. --jobs 1 does so from the start.',
      ]
    : [];
  return proxies.length === 0
    ? alone
    : [
        ...alone,

        `${proxies.join(' and ')} ${proxies.length === 1 ? 'is' : 'are'} set: the client was given NO_PROXY=${withoutProxy(given).NO_PROXY}, so that it reaches the mock.`,
      ];
}

function deafReceiver(runs: readonly Evidence[], settings: ClientSettings): Headline[] {
  // What was in flight when a run ended says nothing about its receiver.
  const tries = runs
    .flatMap((evidence) => evidence.tries)
    .filter(({ entry }) => entry.attempt.outcome !== 'interrupted');
  const [first] = tries;
  if (first === undefined || tries.some(({ isAcknowledged }) => isAcknowledged)) return [];
  const { outcome } = first.entry.attempt;
  const same = tries.every(({ entry }) => entry.attempt.outcome === outcome);
  const count = tries.length === 1 ? 'The only callback' : `None of ${tries.length} callbacks`;
  const text = `${count} ${tries.length === 1 ? 'was not' : 'was'} acknowledged by ${first.entry.url}: ${describe(first)}${same ? '' : ' (others failed otherwise)'}.`;
  return [{ text, remedy: remedyOf(first, settings) }];
}

function describe({ entry: { attempt, url } }: CallbackTry): string {
  const { status } = attempt;
  const words: Partial<Record<typeof attempt.outcome, string>> = {
    rejected: `it answered HTTP ${status}`,
    redirect: `it answered HTTP ${status}, and callbacks follow no redirects`,
    timeout: 'it did not answer in time',
    refused: 'nothing listens there (connection refused)',
    reset: 'it broke the connection',
    dns: `its host ${hostOf(url)} has no address`,
    tls: 'its certificate is not trusted',
    blocked: `callbacks to ${hostOf(url)} are not allowed`,
  };
  return words[attempt.outcome] ?? attempt.outcome;
}

function remedyOf({ entry: { attempt, url } }: CallbackTry, { options }: ClientSettings): string {
  switch (attempt.outcome) {
    case 'refused':
    case 'reset':
    case 'dns':
      return 'Start your receiver at that URL before the client runs, or give the client {callback}, which always answers 200.';
    case 'blocked':
      return isIP(hostOf(url)) === 0
        ? `Allow it with --allow-callback ${hostOf(url)}, or use a receiver on this machine.`
        : 'Use a receiver on this machine, or allow the address with --allow-callback.';
    case 'tls':
      return options.tls === undefined
        ? 'Give the receiver a certificate that this machine trusts (NODE_EXTRA_CA_CERTS), or run with --tls and give the client {callback}.'
        : `Give the receiver a certificate by the authority in ${options.tls}, or give the client {callback}.`;
    case 'timeout':
      return 'Answer first and work afterwards: the receiver must acknowledge before the vendor stops waiting.';
    default:
      return 'Let the receiver answer 200 to the callbacks of the mock, at exactly this URL.';
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

function notJudged(runs: readonly Evidence[]): Headline[] {
  const calls = (runs[0] === undefined ? [] : unmockedIn(runs[0])).map(({ entry }) => entry);
  const names = [...new Set(calls.map(({ method, url }) => `${method} ${url.split('?')[0]}`))];
  if (names.length === 0) return [];
  const count = calls.length === 1 ? '1 call was' : `${calls.length} calls were`;
  return [
    {
      text: `${count} not judged: ${names.join(', ')} ${names.length === 1 ? 'exists' : 'exist'} at the vendor and ${names.length === 1 ? 'is' : 'are'} not mocked.`,
      remedy:
        'Keep these calls out of the command, or add the operations to a pack of your own (docs/add-a-vendor.md).',
    },
  ];
}
