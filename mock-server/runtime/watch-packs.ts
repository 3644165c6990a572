import { join } from 'node:path';
import type { FSWatcher } from 'chokidar';
import type { Pack } from '../packs/pack.ts';

/** Looks at the files of packs while they are edited. */
export interface PackWatch {
  /** Resolves when changes from now on are seen. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/** Editors write a file in several steps, or another one that takes its place. */
const CALM_MS = 60;

/** @param onChange called with the pack's folder, once for edits that come close together */
export function watchPacks(packs: readonly Pack[], onChange: (dir: string) => void): PackWatch {
  const waiting = new Map<string, NodeJS.Timeout>();
  let watcher: FSWatcher | undefined;
  let closed = false;

  function touched(dir: string): void {
    clearTimeout(waiting.get(dir));
    waiting.set(
      dir,
      setTimeout(() => {
        waiting.delete(dir);
        onChange(dir);
      }, CALM_MS),
    );
  }

  async function open(): Promise<void> {
    const { watch } = await import('chokidar');
    if (closed) return;
    const dirs = packs.map(({ dir }) => dir);
    watcher = watch(dirs, { ignoreInitial: true, depth: 0 });
    watcher.on('all', (_event, path) => {
      const dir = dirs.find((own) => path.startsWith(join(own, '/')));
      if (dir !== undefined) touched(dir);
    });
    await new Promise<void>((resolve) => watcher?.on('ready', resolve));
  }

  return {
    ready: open(),
    async close() {
      closed = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      await watcher?.close();
    },
  };
}
