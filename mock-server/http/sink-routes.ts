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
 * with the same body. With `?delay=20s` it answers after that time (wall time).
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
    const query = new URLSearchParams(url.split('?')[1] ?? '');
    const n = count(url, read.text);
    const status = n <= Number(query.get('fail') ?? 0) ? 500 : 200;
    journal.append({
      type: 'sink.received',
      url,
      n,
      status,
      body: excerpt(read.text, journal.secrets.maskBody),
    });
    const delayMs = Math.min(parseDuration(query.get('delay') ?? '') ?? 0, LONGEST_DELAY_MS);
    response.statusCode = status;
    if (delayMs === 0) return void response.end();
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

function refuse(response: ServerResponse, { type }: ReadBody): void {
  response.writeHead(type === 'too-large' ? 413 : 503, { connection: 'close' }).end();
}
