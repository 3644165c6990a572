import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { guardedRequests, type OpenRequest } from './guarded-request.ts';

/** Answer of a probe about one task. Every field is optional; requirements on a missing field are not observable. */
export interface ProbeAnswer {
  /** `succeeded`, `failed`, `expired`, or any other word for a task that has not ended. */
  readonly state?: string;
  /** Number of times the work of this task was done. */
  readonly effects?: number;
  /** Kind of failure: `moderation`, `format`, `quota`, …; null for none. */
  readonly class?: string | null;
  /** Whether the failure may be retried; null when it did not fail. */
  readonly retryable?: boolean | null;
  /** Whether a file was written outside the receiver's folder. */
  readonly escaped?: boolean;
}

/** Result of one query to the probe. */
export type ProbeResult =
  | { readonly type: 'answered'; readonly answer: ProbeAnswer }
  /** HTTP 404, or `null` as the answer: the receiver does not know the task. */
  | { readonly type: 'unknown' }
  /** The probe itself failed, or its answer cannot be used. */
  | { readonly type: 'broken'; readonly because: string };

export type Probe = (taskId: string) => Promise<ProbeResult>;

const LONGEST_MS = 5000;
const MOST_REDIRECTS = 5;

/** Creates a probe. @param source URL or command that contains `{taskId}` and answers with one `ProbeAnswer` as JSON */
export function createProbe(source: string): Probe {
  return /^https?:\/\//.test(source)
    ? (taskId) => askUrl(source.replaceAll('{taskId}', encodeURIComponent(taskId)))
    : (taskId) => askCommand(source, taskId);
}

async function askUrl(url: string): Promise<ProbeResult> {
  try {
    const signal = AbortSignal.timeout(LONGEST_MS);
    const { status, text } = await get(guardedRequests([new URL(url).hostname]), { url, signal });
    if (status === 404) return { type: 'unknown' };
    const isOk = status >= 200 && status < 300;
    return isOk ? readAnswer(text) : broken(`it answered HTTP ${status}: ${startOf(text)}`);
  } catch (error) {
    const { name, message } = error as Error;
    return broken(name === 'AbortError' ? `it took longer than ${LONGEST_MS} ms` : message);
  }
}

interface Get {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly redirects?: number;
}

/** Follows redirects, and checks each target; only the host from the user may be public. */
async function get(
  request: OpenRequest,
  { url, signal, redirects = 0 }: Get,
): Promise<{ status: number; text: string }> {
  const outgoing = request(url, { signal }).on('error', () => undefined);
  const [response] = (await once(outgoing.end(), 'response', { signal })) as [IncomingMessage];
  const { statusCode: status = 0, headers } = response;
  const text = await readText(response);
  const isRedirect = status >= 300 && status < 400 && headers.location !== undefined;
  if (!isRedirect || redirects === MOST_REDIRECTS) return { status, text };
  return get(request, { url: new URL(headers.location ?? '', url).href, signal, redirects: redirects + 1 });
}

/** Runs a command with the id as a separate argument, so that the id cannot inject shell code. */
function askCommand(source: string, taskId: string): Promise<ProbeResult> {
  const command = source.replaceAll('{taskId}', '"$1"');
  return new Promise((resolve) => {
    execFile('sh', ['-c', command, 'probe', taskId], { timeout: LONGEST_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve(readAnswer(stdout));
      const message = startOf(stderr);
      const how = error.killed ? `took longer than ${LONGEST_MS} ms` : `ended with exit code ${error.code}`;
      resolve(broken(`it ${how}${message === '' ? '' : `: ${message}`}`));
    });
  });
}

/** Type check for each field of an answer. */
const FIELDS: Readonly<Record<keyof ProbeAnswer, (value: unknown) => boolean>> = {
  state: (value) => typeof value === 'string',
  effects: (value) => Number.isInteger(value) && Number(value) >= 0,
  class: (value) => value === null || typeof value === 'string',
  retryable: (value) => value === null || typeof value === 'boolean',
  escaped: (value) => typeof value === 'boolean',
};

/** Parses the answer of a probe, and names the field whose type is wrong. */
export function readAnswer(text: string): ProbeResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return broken(`its answer is not JSON: ${startOf(text) || '(empty)'}`);
  }
  if (value === null) return { type: 'unknown' };
  if (typeof value !== 'object' || Array.isArray(value)) {
    return broken(`its answer is not a JSON object: ${startOf(text)}`);
  }
  for (const [name, isRight] of Object.entries(FIELDS)) {
    const given = (value as Record<string, unknown>)[name];
    if (given !== undefined && !isRight(given)) {
      return broken(`"${name}" has the wrong type: ${JSON.stringify(given)}`);
    }
  }
  return { type: 'answered', answer: value as ProbeAnswer };
}

function broken(because: string): ProbeResult {
  return { type: 'broken', because };
}

function startOf(text: string): string {
  return text.trim().slice(0, 200);
}
