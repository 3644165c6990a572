import { CodedError, type Passage } from '../../mock-server/index.ts';
import { hideInUrl } from '../hide-keys.ts';
import type { Headline } from '../report.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** Why no case can be judged: the first callbacks, which were good, were not acknowledged. */
export interface Halt {
  readonly headline: Headline;
  /** Whether the receiver is at fault; else something is missing that the user can give. */
  readonly isFault: boolean;
  readonly passage: Passage;
}

/**
 * Explains why good callbacks are not acknowledged.
 * @throws {CodedError} RECEIVER_UNREACHABLE when there was no HTTP answer at all, timeouts apart
 */
export function explainFirstAnswer(options: ReceiverOptions, passage: Passage): Halt {
  const { outcome, status, detail } = passage;
  const why = UNREACHABLE[outcome];
  if (why !== undefined) {
    throw new CodedError('RECEIVER_UNREACHABLE', `${hideInUrl(options.url)}: ${detail ?? outcome}`, why);
  }
  if (status === null) {
    return {
      headline: {
        text: `The first two callbacks timed out: ${detail ?? 'there was no answer'}.`,
        remedy: 'Answer before doing any work. The other cases were not run: each would wait for as long.',
      },
      isFault: true,
      passage,
    };
  }
  const { remedy, isFault } = adviceOn(status, passage, options);
  return { headline: { text: `The first good callback got ${said(passage)}.`, remedy }, isFault, passage };
}

/** Status, Location and the start of the body. */
function said({ status, detail, answer }: Passage): string {
  const location = /Location: (.+?); redirects/.exec(detail ?? '')?.[1];
  const body = answer.trim().replaceAll(/\s+/g, ' ').slice(0, 200);
  return [
    `HTTP ${status}`,
    ...(location === undefined ? [] : [`with Location ${location}`]),
    ...(body === '' ? ['without a body'] : [`with the body "${body}"`]),
  ].join(' ');
}

interface Advice {
  readonly remedy: string;
  readonly isFault: boolean;
}

const SUBMIT =
  'If it accepts callbacks of its own tasks only, give --submit, so that every case uses a task that your system created.';

function adviceOn(status: number, passage: Passage, { secret, submit }: ReceiverOptions): Advice {
  const own = submit === undefined ? ` ${SUBMIT}` : '';
  if (status === 101) {
    return { remedy: 'Answer with HTTP 200, and do not switch protocols.', isFault: true };
  }
  if (status >= 300 && status < 400) {
    return { remedy: 'Vendors do not follow redirects. Register the URL that it leads to.', isFault: true };
  }
  if (status >= 500 && status !== 501) return { remedy: "Look at the receiver's log.", isFault: true };
  if (status === 401 || status === 403 || status === 407) {
    const key =
      secret === undefined
        ? 'If it verifies signatures, give --secret KEY.'
        : 'Check that it verifies signatures with the key of --secret.';
    return {
      remedy: `${key} If it needs a header, give --header "Name: value".${own}`,
      isFault: false,
    };
  }
  const known = ADVICE[status];
  if (known !== undefined) return { remedy: `${known}${own}`, isFault: false };
  return {
    remedy: `It refuses a callback that the vendor's documents allow: read its answer.${own}`,
    isFault: passage.status !== 429,
  };
}

const ADVICE: Readonly<Record<number, string | undefined>> = {
  404: 'Give the URL that accepts callbacks, including its path.',
  405: 'Give the URL that accepts callbacks: it must accept POST.',
  410: 'Give the URL that accepts callbacks, including its path.',
  419: 'Exempt the route from CSRF protection: a vendor has no token.',
  429: 'Turn off rate limiting for this test, or give fewer --jobs.',
  501: 'Give the URL that accepts callbacks: it must accept POST.',
};

const UNREACHABLE: Readonly<Record<string, string | undefined>> = {
  refused: 'Nothing listens there: start the receiver first, and check the port.',
  dns: 'The host has no address: check its spelling.',
  tls: 'The connection is not safe: use http:// for a local receiver, or a certificate that this machine trusts (NODE_EXTRA_CA_CERTS).',
  reset: 'The receiver breaks the connection before it has answered: look at its log.',
  blocked: 'Link-local and metadata addresses are never called.',
};
