import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { expect } from 'vitest';
import type { JournalEntry } from '../../../index.ts';
import { opened, theMock } from './admin-client.ts';
import { noteEntry, ROOT, violations, violationsIn, walk } from './admin-conformance.ts';

export interface SentEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly entry: JournalEntry | undefined;
}

export interface EventStream {
  /** Returns the next blocks of the stream; the very first one is the greeting. */
  take(count: number): Promise<SentEvent[]>;
  close(): void;
}

/** Opens an event stream, and validates its head and every entry. */
export async function openEvents(
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const outgoing = httpRequest(`${theMock().url}/__admin${target}`, { headers, agent: false });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const answer = { status: response.statusCode ?? 0, headers: response.headers, text: '' };
  expect(violationsIn('GET', target.split('?')[0] ?? '', answer)).toEqual([]);
  const events = eventsOf(response);
  opened.push(() => outgoing.destroy());
  return {
    close: () => outgoing.destroy(),
    async take(count) {
      const taken: SentEvent[] = [];
      while (taken.length < count) {
        const { value, done } = await events.next();
        if (done === true) throw new Error(`the stream ended after ${taken.length} of ${count} events`);
        taken.push(value);
      }
      return taken;
    },
  };
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<SentEvent, void> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) {
    const blocks = (text + piece).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield readEvent(block);
  }
}

function readEvent(block: string): SentEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const data = field('data');
  if (field('event') === 'hello') {
    expect(violations('/components/schemas/Hello', JSON.parse(data ?? 'null'))).toEqual([]);
    return { id: field('id'), event: 'hello', entry: undefined };
  }
  const entry = data === undefined ? undefined : (JSON.parse(data) as JournalEntry);
  if (entry !== undefined) {
    const media = ['paths', '/events', 'get', 'responses', '200', 'content', 'text/event-stream'];
    expect(violations(`${walk(ROOT, ...media)?.pointer}/x-event-data`, entry)).toEqual([]);
    noteEntry(entry);
  }
  return { id: field('id'), event: field('event'), entry };
}
