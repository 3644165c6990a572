import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createMockServer,
  type JournalEntry,
  type MockServer,
  type TaskReport,
} from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';

interface Scene {
  readonly title: string;
  readonly lesson: string;
  readonly scenario: string;
  /** The path of the demo's receiver that gets the callback. */
  readonly path: '/callback' | '/slow-once';
}

/** One minute at the vendor takes 1.5 s in the demo, and receivers have 1.5 s to answer instead of 15 s. */
const SPEED = 40;
const ACK_TIMEOUT_MS = 1500;

const SCENES: readonly Scene[] = [
  {
    title: 'A video succeeds',
    lesson: 'The task moves through its states, and one callback delivers the result.',
    scenario: 'success',
    path: '/callback',
  },
  {
    title: 'Moderation rejects the prompt',
    lesson:
      'Only the message contains the reason. The body has code 400, but the POST is an ordinary request.',
    scenario: 'fail.moderator',
    path: '/callback',
  },
  {
    title: 'The receiver answers too late',
    lesson: 'Without HTTP 200 in time, the attempt fails and the same bytes are sent again.',
    scenario: 'success',
    path: '/slow-once',
  },
  {
    title: 'A duplicate callback',
    lesson: 'The same callback is sent twice although it was acknowledged. Process it only once.',
    scenario: 'callback.duplicate',
    path: '/callback',
  },
];

/** Runs four short scenes in the terminal, with its own mock and receiver, and exits. */
export async function demo(printer: Printer): Promise<number> {
  const mock = await createMockServer({
    speed: SPEED,
    ackTimeout: ACK_TIMEOUT_MS,
    retryGaps: ['40s'],
  }).listen();
  try {
    const receiver = await openReceiver();
    try {
      await runScenes(mock, receiver.url, printer);
    } finally {
      receiver.close();
    }
  } finally {
    await mock.close();
  }
  return EXIT.ok;
}

async function runScenes(mock: MockServer, receiver: string, printer: Printer): Promise<void> {
  const { line, paint } = printer;
  line(paint('bold', 'Stunt Double: what can happen to callbacks, in four scenes'));
  line(
    `the mock runs at ${mock.url}, ${SPEED} times as fast as the vendor; the receiver listens at ${receiver}`,
  );
  line(`the receiver has ${ACK_TIMEOUT_MS / 1000} s to answer (15 s at the vendor)`);
  const finished: TaskReport[] = [];
  for (const [index, scene] of SCENES.entries()) {
    line('');
    line(paint('bold', `${index + 1}. ${scene.title}`));
    finished.push(await run(scene, mock, receiver, printer));
    line(`   ${paint('dim', scene.lesson)}`);
  }
  conclude(finished, printer);
}

/** Runs one scene: submits a task over HTTP, as any client would, and prints each event until the last delivery is settled. */
async function run(scene: Scene, mock: MockServer, receiver: string, printer: Printer): Promise<TaskReport> {
  const startedAt = performance.now();
  const narrate = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(2).padStart(5);
    printer.line(`   ${printer.paint('dim', `${seconds} s`)}  ${text}`);
  };
  const ended = new Promise<void>((resolve) => {
    const unsubscribe = mock.journal.subscribe((entry) => {
      printer.object({ scene: scene.title, ...entry });
      const text = narration(entry, printer);
      if (text !== null) narrate(text);
      const open = mock.tasks
        .all()
        .some((task) => task.deliveries.some(({ status }) => status === 'pending'));
      if (entry.type !== 'delivery.settled' || open) return;
      unsubscribe();
      resolve();
    });
  });
  const taskId = await submit(scene, mock, receiver);
  await ended;
  const task = mock.tasks.get(taskId);
  if (task === undefined) throw new Error(`the mock does not have the task ${taskId}`);
  return task;
}

async function submit({ scenario, path }: Scene, mock: MockServer, receiver: string): Promise<string> {
  const response = await fetch(`${mock.url}/api/v1/runway/generate`, {
    method: 'POST',
    headers: {
      authorization: 'Bearer demo',
      'content-type': 'application/json',
      'x-mock-scenario': scenario,
    },
    body: JSON.stringify({
      prompt: 'A stunt double falls off a roof and lands in a pile of cardboard boxes',
      duration: 5,
      quality: '720p',
      aspectRatio: '16:9',
      callBackUrl: receiver + path,
    }),
  });
  const answer = (await response.json()) as { data: { taskId: string } };
  return answer.data.taskId;
}

function narration(entry: JournalEntry, { paint }: Printer): string | null {
  switch (entry.type) {
    case 'request.answered':
      return `${entry.method} ${entry.url} → ${entry.answer}`;
    case 'task.changed':
      return paint('cyan', `the task is now "${entry.state}"`);
    case 'attempt.started':
      return `${paint('yellow', postName(entry.deliveryId, entry.n))} ${shorten(entry.body)}`;
    case 'attempt.ended': {
      const { outcome, status, durationMs, detail } = entry.attempt;
      if (outcome === 'acknowledged') return paint('green', `the receiver acknowledged with HTTP ${status}`);
      return paint('red', `${outcome} after ${durationMs} ms: ${detail}; will be retried`);
    }
    default:
      return null;
  }
}

function postName(deliveryId: string, n: number): string {
  if (n > 1) return `callback, attempt ${n}:`;
  return deliveryId === 'd1' ? 'callback:' : 'duplicate callback:';
}

/** Shortens ids and URLs, so that the rest of the body fits on a line. */
function shorten(body: string): string {
  return body.replace(/"([0-9a-f]{8})-[0-9a-f-]{27}"/g, '"$1…"').replace(/"http:[^"]*\/([^/"]+)"/g, '"…/$1"');
}

function conclude(finished: readonly TaskReport[], { line, paint, object }: Printer): void {
  const posts = finished.map(({ deliveries }) =>
    deliveries.reduce((sum, { attempts }) => sum + attempts.length, 0),
  );
  line('');
  for (const [index, { outcome }] of finished.entries()) {
    const scene = SCENES[index];
    line(
      `  ${paint('green', '✓')} ${(scene?.title ?? '').padEnd(34)} ${String(outcome).padEnd(16)} callbacks sent: ${posts[index]}`,
    );
    object({ scene: scene?.title, outcome, posts: posts[index] });
  }
  line('');
  line('To use your own client, run "npx stuntdouble start" and change only its base URL.');
}

/** Opens a minimal receiver. One of its paths never answers the first callback. */
async function openReceiver(): Promise<{ readonly url: string; close(): void }> {
  let isLate = false;
  const server: Server = createServer((request, response) => {
    request.resume();
    if (request.url === '/slow-once' && !isLate) {
      isLate = true;
      return;
    }
    response.end('received');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
