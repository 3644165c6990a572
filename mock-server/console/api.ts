import { isHeaderText, problemDetailsIn } from './model/problem-details.ts';
import { takeToken } from './model/take-token.ts';

/** The token is in the fragment of the URL, which browsers do not send to the server. */
const given = takeToken(location.hash);
const token = given.token ?? sessionStorage.getItem('token');
if (token !== null) sessionStorage.setItem('token', token);
// The address is visible on a projector, and is copied to share a view.
if (given.token !== null) {
  history.replaceState(history.state, '', `${location.pathname}${location.search}${given.rest}`);
}

/** Whether the page has a token; it may be a wrong one. */
export const hasToken = token !== null;

export const ORIGIN = location.origin;

/** A refused admin call, from its problem details (RFC 9457). */
export class Refusal extends Error {
  readonly status: number;
  readonly remedy: string;

  constructor(status: number, message: string, remedy: string) {
    super(message);
    this.status = status;
    this.remedy = remedy;
  }
}

/** The mock did not answer. Browsers report that as a TypeError with a message of their own. */
export class Unreachable extends TypeError {
  constructor() {
    super(`The mock at ${ORIGIN} does not answer.`);
  }
}

/** Calls the admin API. @throws {Refusal} when the status is not 2xx; {Unreachable} without an answer */
export async function admin<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const text = await adminText(method, path, body);
  return (text === '' ? null : JSON.parse(text)) as Answer;
}

/**
 * Calls the admin API for another text than JSON.
 * @throws {Refusal} when the status is not 2xx; {Unreachable} without an answer
 */
export async function adminText(method: string, path: string, body?: unknown): Promise<string> {
  if (token !== null && !isHeaderText(token)) {
    throw new Refusal(401, 'The token has characters that a header cannot contain.', 'Enter it again.');
  }
  const response = await fetch(`${ORIGIN}/__admin/${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Unreachable();
  });
  const text = await response.text();
  if (response.ok) return text;
  const { detail, title, remedy = '' } = problemDetailsIn(text);
  throw new Refusal(response.status, detail ?? title ?? `HTTP ${response.status}`, remedy);
}

/** Returns the address of an admin call for an element that cannot set headers, such as a video. */
export function adminUrl(path: string): string {
  return `${ORIGIN}/__admin/${path}${token === null ? '' : `?${new URLSearchParams({ token })}`}`;
}

/** Stores the token for this tab, and reloads the page to use it. */
export function saveToken(entered: string): void {
  sessionStorage.setItem('token', entered);
  location.reload();
}

/** Opens the stream of journal entries after an entry number. */
export function openEvents(since: number): EventSource {
  const query = new URLSearchParams({ since: String(since), ...(token === null ? {} : { token }) });
  return new EventSource(`${ORIGIN}/__admin/events?${query}`);
}
