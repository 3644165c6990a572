/** The token comes behind the #, which browsers keep to themselves. */
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? sessionStorage.getItem('token');
if (token !== null) sessionStorage.setItem('token', token);

export const ORIGIN = location.origin;

/** What an admin call answers with when it refuses (RFC 9457). */
export class Refusal extends Error {
  readonly status: number;
  readonly remedy: string;

  constructor(status: number, message: string, remedy: string) {
    super(message);
    this.status = status;
    this.remedy = remedy;
  }
}

/** Calls the admin API. @throws {Refusal} */
export async function admin<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${ORIGIN}/__admin/${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = text === '' ? null : JSON.parse(text);
  if (response.ok) return answer as Answer;
  throw new Refusal(
    response.status,
    answer?.detail ?? answer?.title ?? `HTTP ${response.status}`,
    answer?.remedy ?? '',
  );
}

export function useToken(given: string): void {
  sessionStorage.setItem('token', given);
  location.reload();
}

/** The journal from an entry on, as it happens. */
export function openEvents(since: number): EventSource {
  const query = new URLSearchParams({ since: String(since), ...(token === null ? {} : { token }) });
  return new EventSource(`${ORIGIN}/__admin/events?${query}`);
}
