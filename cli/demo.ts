import { createMockServer, type JournalEntry, type TaskReport } from '../mock-server/index.ts';
import { SCENES } from '../mock-server/pages/scenes.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import { openStage, type Stage } from './stage.ts';

/** A scene with the words of the terminal. */
interface Chapter {
  /** The name of the scene. */
  readonly scene: string;
  readonly title: string;
  readonly lesson: string;
}

/** One minute at the vendor takes 1.5 s in the demo, and receivers have 1.5 s to answer instead of 15 s. */
const SPEED = 40;
const ACK_TIMEOUT_MS = 1500;

const CHAPTERS: readonly Chapter[] = [
  {
    scene: 'success',
    title: 'A video succeeds',
    lesson: 'The task moves through its states, and one callback delivers the result.',
  },
  {
    scene: 'moderation',
    title: 'Moderation rejects the prompt',
    lesson:
      'Only the message contains the reason. The body has code 400, but the POST is an ordinary request.',
  },
  {
    scene: 'timeout',
    title: 'The receiver answers too late',
    lesson: 'Without HTTP 200 in time, the attempt fails and the same bytes are sent again.',
  },
  {
    scene: 'duplicate',
    title: 'A duplicate callback',
    lesson: 'The same callback is sent twice although it was acknowledged. Process it only once.',
  },
];

/** Runs four short scenes in the terminal, with its own mock, and exits. */
export async function demo(printer: Printer): Promise<number> {
  const mock = await createMockServer({
    speed: SPEED,
    ackTimeout: ACK_TIMEOUT_MS,
    retryGaps: ['40s'],
  }).listen();
  try {
    await runChapters(await openStage(mock), printer);
  } finally {
    await mock.close();
  }
  return EXIT.ok;
}

async function runChapters(stage: Stage, printer: Printer): Promise<void> {
  const { line, paint } = printer;
  line(paint('bold', 'Stunt Double: what can happen to callbacks, in four scenes'));
  line(
    `the mock runs at ${stage.mock.url}, ${SPEED} times as fast as the vendor, and has a receiver of its own`,
  );
  line(`the receiver has ${ACK_TIMEOUT_MS / 1000} s to answer (15 s at the vendor)`);
  const finished: TaskReport[] = [];
  for (const [index, chapter] of CHAPTERS.entries()) {
    line('');
    line(paint('bold', `${index + 1}. ${chapter.title}`));
    finished.push(await run(chapter, stage, printer));
    line(`   ${paint('dim', chapter.lesson)}`);
  }
  conclude(finished, printer);
}

/** Runs one scene, and prints each event until the last delivery is settled. */
async function run(chapter: Chapter, stage: Stage, printer: Printer): Promise<TaskReport> {
  const scene = SCENES.find(({ name }) => name === chapter.scene);
  if (scene === undefined) throw new Error(`the scene ${chapter.scene} does not exist`);
  const { mock } = stage;
  const startedAt = performance.now();
  const narrate = (text: string): void => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(2).padStart(5);
    printer.line(`   ${printer.paint('dim', `${seconds} s`)}  ${text}`);
  };
  const ended = new Promise<void>((resolve) => {
    const unsubscribe = mock.journal.subscribe((entry) => {
      printer.object({ scene: chapter.title, ...entry });
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
  await stage.run(scene);
  await ended;
  const task = mock.tasks.all().at(-1);
  if (task === undefined) throw new Error(`the scene ${scene.name} did not create a task`);
  return task;
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
    const chapter = CHAPTERS[index];
    line(
      `  ${paint('green', '✓')} ${(chapter?.title ?? '').padEnd(34)} ${String(outcome).padEnd(16)} callbacks sent: ${posts[index]}`,
    );
    object({ scene: chapter?.title, outcome, posts: posts[index] });
  }
  line('');
  line('To use your own client, run "npx stuntdouble start" and change only its base URL.');
}
