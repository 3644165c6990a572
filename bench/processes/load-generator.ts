import { connect, type Socket } from 'node:net';
import { NUMBER_MARK, numbered, type Request } from '../runway-requests.ts';
import { watchBusyShare } from './busy-share.ts';
import { serveCalls } from './serve-calls.ts';

/** Sends requests over kept-alive connections, one at a time on each. */
export interface Load {
  readonly url: string;
  readonly request: Request;
  readonly connections: number;
  /** End of the load: after a time, or after a number of answers. */
  readonly until:
    | { readonly type: 'elapsed'; readonly ms: number }
    | { readonly type: 'answers'; readonly count: number };
  /** Required content of each answer; any other answer ends the run. */
  readonly expect: { readonly status: number; readonly bodyBytes: number };
}

export interface LoadResult {
  readonly answers: number;
  readonly elapsedMs: number;
  /** Share of time during which the generator was busy; near 1, it limited the result. */
  readonly busyShare: number;
}

/** State shared by the lanes of one run. */
interface Run {
  readonly load: Load;
  next(): Buffer | null;
  answered(): void;
}

async function generate(load: Load): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => openSocket(load.url)));
  const { until } = load;
  const render = renderer(load.request, new URL(load.url).host);
  const busyShare = watchBusyShare();
  const startedAt = performance.now();
  const endsAt = until.type === 'elapsed' ? startedAt + until.ms : Number.POSITIVE_INFINITY;
  const most = until.type === 'answers' ? until.count : Number.POSITIVE_INFINITY;
  let sent = 0;
  let answers = 0;
  let lastAt = startedAt;
  const run: Run = {
    load,
    next: () => (sent < most && performance.now() < endsAt ? render(sent++) : null),
    answered() {
      const now = performance.now();
      // Answers after the end are not counted.
      if (now > endsAt) return;
      answers += 1;
      lastAt = now;
    },
  };
  await Promise.all(sockets.map((socket) => drive(socket, run)));
  return { answers, elapsedMs: lastAt - startedAt, busyShare: busyShare() };
}

/** A socket that reads into one buffer, which avoids garbage. */
interface Lane {
  readonly socket: Socket;
  onBytes: (bytes: Buffer) => void;
}

function openSocket(url: string): Promise<Lane> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(64 * 1024);
    const callback = (length: number): boolean => {
      lane.onBytes(buffer.subarray(0, length));
      return true;
    };
    const socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: { buffer, callback },
    });
    const lane: Lane = { socket, onBytes: () => undefined };
    socket.once('connect', () => resolve(lane));
    socket.once('error', reject);
  });
}

function drive(lane: Lane, { load, next, answered }: Run): Promise<void> {
  const { socket } = lane;
  return new Promise((resolve, reject) => {
    let received = '';
    const send = (): void => {
      const request = next();
      if (request !== null) {
        socket.write(request);
        return;
      }
      resolve();
      socket.destroy();
    };
    lane.onBytes = (bytes) => {
      received += bytes.toString('latin1');
      const trouble = readAnswer(received, load.expect);
      if (trouble === 'unfinished') return;
      if (trouble !== null) {
        reject(new Error(`${load.url} ${trouble}: ${received.slice(0, 500)}`));
        socket.destroy();
        return;
      }
      received = '';
      answered();
      send();
    };
    socket.once('close', () => reject(new Error(`${load.url} closed a connection`)));
    socket.once('error', reject);
    send();
  });
}

/** Returns null when the answer is complete and as expected. Latin-1 makes each character one byte. */
function readAnswer(received: string, { status, bodyBytes }: Load['expect']): string | null {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return 'unfinished';
  if (!received.startsWith(`HTTP/1.1 ${status} `)) return `did not answer ${status}`;
  const announced = /\r\ncontent-length: *(\d+)\r\n/i.exec(received)?.[1];
  if (Number(announced) !== bodyBytes) return `announced ${announced} bytes instead of ${bodyBytes}`;
  const missing = headEnd + 4 + bodyBytes - received.length;
  if (missing < 0) return 'sent more than it announced';
  return missing > 0 ? 'unfinished' : null;
}

/** Returns the bytes of the n-th request, computed once when all are the same. */
function renderer({ method, path, headers, body }: Request, host: string): (n: number) => Buffer {
  const all: Record<string, string> = { host, ...headers };
  if (body !== '') all['content-length'] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  if (body.includes(NUMBER_MARK)) return (n) => Buffer.from(head + numbered(body, n));
  const same = Buffer.from(head + body);
  return () => same;
}

const calls = { generate };
export type LoadGenerator = typeof calls;
serveCalls(calls);
