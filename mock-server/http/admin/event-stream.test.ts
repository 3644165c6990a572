import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createJournal, type Journal } from '../../journal/journal.ts';
import { createEventStreams, type EventStreamOptions } from './event-stream.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function journal(): Journal {
  return createJournal({ now: () => 0, wallNow: () => 0, keep: 1000, file: null });
}

/** @param onClosed called when the server has closed the stream of a reader */
async function serve(
  source: Journal,
  options: EventStreamOptions,
  onClosed?: () => void,
  since = 0,
): Promise<number> {
  const streams = createEventStreams(source, options);
  const server: Server = createServer((request, response) => {
    if (onClosed !== undefined) response.on('close', onClosed);
    streams.open(request, response, { since });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

function connect(port: number): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', agent: false }, resolve).on('error', reject);
    outgoing.end();
    open.push(() => outgoing.destroy());
  });
}

describe('streams of events', () => {
  it('are refused above the limit of readers, until one disconnects', async () => {
    const port = await serve(journal(), { mostReaders: 2 });
    const [first] = [await connect(port), await connect(port)];
    expect((await connect(port)).statusCode).toBe(503);
    first.destroy();
    await expect.poll(async () => (await connect(port)).statusCode).toBe(200);
  });

  it('end for a reader that stops reading while many entries are written', async () => {
    const source = journal();
    let release: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => {
      release = resolve;
    });
    const port = await serve(source, { stalledMs: 50 }, release);
    await connect(port);
    // More than the buffers of both sides can hold.
    for (let n = 0; n < 40; n++) {
      source.append({ type: 'pack.refused', pack: 'p', problem: 'x'.repeat(500_000) });
    }
    await closed;
  });

  it.each([
    ['are in memory', 8, false],
    ['were evicted', 3, true],
  ])('begin by saying whether all entries since then %s', async (_, since, missed) => {
    const source = createJournal({ now: () => 0, wallNow: () => 0, keep: 10, file: null });
    for (let n = 0; n < 15; n++) source.append({ type: 'scenario.cleared', account: null });
    const response = await connect(await serve(source, {}, undefined, since));
    const [data] = (await once(response.setEncoding('utf8'), 'data')) as [string];
    expect(JSON.parse(/^data: (.*)$/m.exec(data)?.[1] ?? '')).toEqual({
      ...{ instance: source.instance, seq: since, missed },
    });
  });

  it('contain every entry once and in order for a slow reader', async () => {
    const source = journal();
    const port = await serve(source, { stalledMs: 5000 });
    const response = await connect(port);
    for (let n = 0; n < 30; n++)
      source.append({ type: 'pack.refused', pack: 'p', problem: 'x'.repeat(300_000) });
    source.append({ type: 'scenario.cleared', account: null });
    let text = '';
    for await (const piece of response.setEncoding('utf8')) {
      text += piece;
      if (text.endsWith('\n\n') && text.includes('event: scenario.cleared')) break;
    }
    const ids = [...text.matchAll(/^id: (\d+)\nevent: (?!hello)/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: 31 }, (_, n) => n + 1));
  });
});
