import { type AttemptResult, CodedError } from '../../mock-server/index.ts';
import { hideInUrl } from '../hide-keys.ts';
import type { NameOption } from '../name-option.ts';
import type { Headline } from '../report.ts';
import type { ReceiverSettings } from './receiver-settings.ts';

/** Reason why the cases cannot be judged: the first valid callbacks were not acknowledged. */
export interface Halt {
  readonly headline: Headline;
  /** Whether the receiver is at fault; if not, the user can supply the missing option. */
  readonly isFault: boolean;
  readonly attempt: AttemptResult;
}

/** Settings that the advice depends on. */
type FirstAnswerSettings = Pick<ReceiverSettings, 'url' | 'secret' | 'submit' | 'nameOption'>;

/**
 * Explains why valid callbacks are not acknowledged.
 * @throws {CodedError} RECEIVER_UNREACHABLE if the receiver did not answer with HTTP; a timeout does not throw
 */
export function explainFirstAnswer(settings: FirstAnswerSettings, attempt: AttemptResult): Halt {
  const { outcome, status, detail } = attempt;
  const why = UNREACHABLE[outcome];
  if (why !== undefined) {
    const message = `Could not reach ${hideInUrl(settings.url)}: ${detail ?? outcome}`;
    throw new CodedError('RECEIVER_UNREACHABLE', message.replace(/\.?$/, '.'), why);
  }
  if (status === null) {
    return {
      headline: {
        text: `The first two callbacks timed out: ${detail ?? 'no response'}, from ${hideInUrl(settings.url)}.`,
        remedy:
          'Answer before doing any work. The other cases were not run, because each would time out as well.',
      },
      isFault: true,
      attempt,
    };
  }
  const { remedy, isFault } = adviceOn(status, attempt, settings);
  return {
    headline: {
      text: `The first valid callback, to ${hideInUrl(settings.url)}, was answered with ${summaryOf(attempt)}.`,
      remedy,
    },
    isFault,
    attempt,
  };
}

/** Returns status, Location and the start of the body. */
function summaryOf({ status, detail, answer }: AttemptResult): string {
  const location = /Location: (.+?); redirects/.exec(detail ?? '')?.[1];
  const body = answer.trim().replaceAll(/\s+/g, ' ').slice(0, 200);
  const details = [
    ...(location === undefined ? [] : [`Location: ${location}`]),
    body === '' ? 'empty body' : `body: "${body}"`,
  ];
  return `HTTP ${status} (${details.join(', ')})`;
}

interface StatusAdvice {
  readonly remedy: string;
  readonly isFault: boolean;
}

function adviceOn(
  status: number,
  attempt: AttemptResult,
  { secret, submit, nameOption }: FirstAnswerSettings,
): StatusAdvice {
  const own =
    submit === null
      ? ` If the receiver accepts only callbacks of its own tasks, set ${nameOption('submit')} so that every case uses a task that your system created.`
      : '';
  if (status === 101) {
    return { remedy: 'Answer with HTTP 200, and do not switch protocols.', isFault: true };
  }
  if (status >= 300 && status < 400) {
    return {
      remedy: 'Register the URL that the redirect points to; vendors do not follow redirects.',
      isFault: true,
    };
  }
  if (status >= 500 && status !== 501) return { remedy: "Check the receiver's log.", isFault: true };
  if (status === 401 || status === 403 || status === 407) {
    const key =
      secret === null
        ? `If the receiver verifies signatures, set ${nameOption('secret', 'KEY')}.`
        : `Check that the receiver verifies signatures with the key of ${nameOption('secret')}.`;
    return {
      remedy: `${key} If it requires a header, set ${nameOption('headers', '"Name: value"')}.${own}`,
      isFault: false,
    };
  }
  const known = ADVICE[status]?.(nameOption);
  if (known !== undefined) return { remedy: `${known}${own}`, isFault: false };
  return {
    remedy: `The receiver rejects a callback that the vendor documents; check its answer.${own}`,
    isFault: attempt.status !== 429,
  };
}

const otherPath = (nameOption: NameOption): string =>
  `Let ${nameOption('url')} point to the address that accepts callbacks, including its path.`;
const otherMethod = (nameOption: NameOption): string =>
  `Let ${nameOption('url')} point to an address that accepts POST requests.`;

const ADVICE: Readonly<Record<number, ((nameOption: NameOption) => string) | undefined>> = {
  404: otherPath,
  405: otherMethod,
  410: otherPath,
  419: () => 'Exempt the route from CSRF protection; vendors do not send a CSRF token.',
  429: (nameOption) => `Turn off rate limiting for this test, or reduce ${nameOption('jobs')}.`,
  501: otherMethod,
};

const UNREACHABLE: Readonly<Record<string, string | undefined>> = {
  refused: 'Start the receiver first, and check the port.',
  dns: 'Check the spelling of the host name.',
  tls: 'Use http:// for a local receiver, or a certificate that this machine trusts (NODE_EXTRA_CA_CERTS).',
  reset: 'Check the log of the receiver: it closes the connection before it answers.',
  blocked: 'Use another host: link-local and metadata addresses are always blocked.',
};
