import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseDuration } from '../core/duration.ts';
import { digest } from '../core/random.ts';
import { excerpt } from '../journal/excerpt.ts';
import type { Journal } from '../journal/journal.ts';
import { answerDefect } from './answer-defect.ts';
import type { Intake } from './intake.ts';
import { type ReadBody, readBody } from './read-body.ts';

/**
 * A built-in receiver: `/__sink` answers 200 to every callback. With `?fail=2` it answers 500 to the first two attempts
 * with the same body, with `&status=503` it answers 503 to them; with `?status=503` alone, to all attempts. With
 * `?delay=20s` it answers after that time (wall time), with `&slow=1` only to the first attempt with the same body.
 */
export interface SinkRoutes {
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/** Largest number of different bodies that are counted, to limit memory. */
const REMEMBERED = 10_000;
const LONGEST_DELAY_MS = 10 * 60_000;

export function createSinkRoutes(journal: Journal, intake: Intake): SinkRoutes {
  const counts = new Map<string, number>();

  function count(url: string, body: string): number {
    const key = digest(`${url} ${body}`);
    const n = (counts.get(key) ?? 0) + 1;
    if (counts.size >= REMEMBERED) counts.clear();
    counts.set(key, n);
    return n;
  }

  function receive(request: IncomingMessage, response: ServerResponse, read: ReadBody): void {
    if (read.type === 'aborted') return;
    if (read.type !== 'read') return refuse(response, read);
    const url = request.url ?? '';
    const n = count(url, read.text);
    const { status, delayMs, problem } = answerFor(new URLSearchParams(url.split('?')[1] ?? ''), n);
    journal.append({
      type: 'sink.received',
      url,
      n,
      status,
      body: excerpt(read.text, journal.secrets.maskBody),
    });
    response.statusCode = status;
    if (delayMs === 0) return void response.end(problem);
    const timer = setTimeout(() => response.end(), delayMs);
    response.on('close', () => clearTimeout(timer));
  }

  return {
    handle(request, response) {
      readBody(request, { intake })
        .then((read) => receive(request, response, read))
        .catch((error: unknown) => answerDefect(response, error));
    },
  };
}

interface SinkAnswer {
  readonly status: number;
  readonly delayMs: number;
  /** The invalid values of the query; empty without any. */
  readonly problem: string;
}

/** Returns the answer to the nth attempt with the same body. */
function answerFor(query: URLSearchParams, n: number): SinkAnswer {
  const status = query.get('status');
  const fail = query.get('fail') ?? (status === null ? '0' : null);
  const slow = query.get('slow');
  const delay = query.get('delay') ?? '';
  const delayMs = delay === '' ? 0 : parseDuration(delay);
  const problem = problemOf([
    [status === null || /^[2-5]\d\d$/.test(status), 'status must be an HTTP status from 200 to 599'],
    [fail === null || COUNT.test(fail), 'fail must be a number of attempts'],
    [slow === null || COUNT.test(slow), 'slow must be a number of attempts'],
    [delayMs !== null, 'delay must be a duration such as 20s'],
  ]);
  if (problem !== '') return { status: 400, delayMs: 0, problem };
  return {
    status: isAmong(n, fail) ? Number(status ?? 500) : 200,
    delayMs: isAmong(n, slow) ? Math.min(delayMs ?? 0, LONGEST_DELAY_MS) : 0,
    problem,
  };
}

function problemOf(checks: readonly (readonly [isMet: boolean, problem: string])[]): string {
  return checks.flatMap(([isMet, problem]) => (isMet ? [] : [problem])).join('; ');
}

/** Returns whether the nth attempt is among the first ones; without a number, each attempt is. */
function isAmong(n: number, first: string | null): boolean {
  return first === null || n <= Number(first);
}

const COUNT = /^\d{1,9}$/;

function refuse(response: ServerResponse, { type }: ReadBody): void {
  response.writeHead(type === 'too-large' ? 413 : 503, { connection: 'close' }).end();
}
