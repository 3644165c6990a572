import { CodedError } from '../mock-server/index.ts';

/** Calls of a mock over HTTP. */
export interface AdminCalls {
  readonly url: string;
  /** Calls the admin API. @throws {CodedError} with the detail and remedy of its answer, or if the mock cannot be reached */
  ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
  /** Sends any request to the mock. @returns its status and its body, parsed if it is JSON */
  send(path: string, init: RequestInit): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** A problem document of the admin API. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly remedy?: string;
}

/** @param token of the admin API; null if it needs none */
export function createAdminCalls(url: string, token: string | null): AdminCalls {
  const base = url.replace(/\/+$/, '');
  const send: AdminCalls['send'] = async (path, init) => {
    const response = await fetch(`${base}${path}`, init).catch((error: Error) => {
      throw unreachable(base, error);
    });
    const text = await response.text();
    return { status: response.status, body: parsed(text) };
  };
  return {
    url: base,
    send,
    async ask(method, path, body) {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (token !== null) headers.authorization = `Bearer ${token}`;
      if (body !== undefined) headers['content-type'] = 'application/json';
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await send(`/__admin${path}`, { method, headers, ...sent });
      if (answer.status < 400) return answer.body;
      const { title, detail, remedy } = (answer.body ?? {}) as Problem;
      throw new CodedError('OPTION_INVALID', detail ?? title ?? `HTTP ${answer.status}`, remedy);
    },
  };
}

function unreachable(url: string, error: Error): CodedError {
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new CodedError(
    'OPTION_INVALID',
    `no mock can be reached at ${url}: ${cause}`,
    'Start one with "stuntdouble start", or check the address of --url.',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
