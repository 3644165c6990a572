import { createMockServer, type MockServer } from '../mock-server/index.ts';
import { SCENES } from '../mock-server/pages/scenes.ts';
import { EXIT } from './exit-codes.ts';
import { judgeInWorker } from './judge-in-worker.ts';
import type { Printer } from './print.ts';
import { openStage } from './stage.ts';
import { untilStopped } from './until-stopped.ts';

/** One minute at the vendor takes 3 s, and receivers have 4 s to answer. */
const SPEED = 20;
const ACK_TIMEOUT_MS = 4000;
/** Time between two scenes, so that their tasks are not one on top of the other. */
const PAUSE_MS = 300;

/** Runs all scenes once, and keeps the mock running, so that its console shows them until the command is stopped. */
export async function demoInConsole(port: number, printer: Printer): Promise<number> {
  const mock = createMockServer({
    speed: SPEED,
    ackTimeout: ACK_TIMEOUT_MS,
    judge: judgeInWorker({ timeScale: 1, time: 'wall', concurrency: null }),
  });
  const stopped = untilStopped();
  try {
    await mock.listen({ port });
    printer.object({ type: 'listening', url: mock.url, console: `${mock.url}/__console/` });
    printer.line(printer.paint('bold', `Open the console at ${mock.url}/__console/#drive`));
    printer.line(
      `The mock runs ${SPEED} times as fast as the vendor; receivers have ${ACK_TIMEOUT_MS / 1000} s to answer.`,
    );
    await Promise.race([runAll(mock, printer), stopped]);
    printer.line('Run a scene again with one click in the console. Press Ctrl+C to stop.');
    await stopped;
  } finally {
    await mock.close();
  }
  printer.object({ type: 'stopped' });
  return EXIT.ok;
}

async function runAll(mock: MockServer, { line, paint, object }: Printer): Promise<void> {
  const stage = await openStage(mock);
  for (const scene of SCENES) {
    await stage.run(scene);
    const task = mock.tasks.all().at(-1);
    object({ type: 'scene', scene: scene.name, taskId: task?.id });
    line(`  ${paint('cyan', task?.id.slice(0, 8) ?? '')}  ${scene.title.padEnd(22)} ${scene.shows}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
