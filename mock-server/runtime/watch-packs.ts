import { dirname, resolve } from 'node:path';
import type { FSWatcher } from 'chokidar';
import type { Pack } from '../packs/pack.ts';

/** Looks at the files of packs while they are edited. */
export interface PackWatch {
  /** Resolves when changes from now on are seen, or never will be. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export interface PackWatchOptions {
  /** Called with the pack's folder, once for edits that come close together. */
  readonly onChange: (dir: string) => void;
  /** Told once, when there is something that cannot be watched. */
  readonly onTrouble: (message: string) => void;
}

/** Editors write a file in several steps, or another one that takes its place. */
const CALM_MS = 60;

export function watchPacks(packs: readonly Pack[], { onChange, onTrouble }: PackWatchOptions): PackWatch {
  // As chokidar reports them, wherever we were started and however the folder was named.
  const places = packs.map(({ dir, documentPath }) => ({
    dir,
    folder: resolve(dir),
    document: resolve(documentPath),
  }));
  const waiting = new Map<string, NodeJS.Timeout>();
  let watcher: FSWatcher | undefined;
  let closed = false;
  let troubled = false;
  let becomeReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });

  function changed(path: string): void {
    for (const { dir, folder, document } of places) {
      if (dirname(path) === folder || path === document) touched(dir);
    }
  }

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

  function tell(error: unknown): void {
    if (troubled) return;
    troubled = true;
    onTrouble(`edits of packs may go unseen: ${(error as Error).message}`);
  }

  async function open(): Promise<void> {
    const { watch } = await import('chokidar');
    if (closed) return;
    // Folders, not files: who mends a broken pack may do so with a file that was not there.
    const folders = places.flatMap(({ folder, document }) => [folder, dirname(document)]);
    watcher = watch(folders, { ignoreInitial: true, depth: 0 });
    watcher
      .on('all', (_event, path) => changed(path))
      // Without a listener it would end the process.
      .on('error', tell)
      .on('ready', () => becomeReady());
  }

  open().catch((error: unknown) => {
    tell(error);
    becomeReady();
  });

  return {
    ready,
    async close() {
      closed = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      await watcher?.close();
      becomeReady();
    },
  };
}
