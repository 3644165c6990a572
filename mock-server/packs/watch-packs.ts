import { dirname, resolve } from 'node:path';
import type { FSWatcher } from 'chokidar';
import type { Pack } from './pack.ts';

/** Watches the files of packs for edits. */
export interface PackWatch {
  /** Resolves when changes are detected from now on, or never will be. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

export interface PackWatchOptions {
  /** Called with the pack's folder, once for edits in quick succession. */
  readonly onChange: (dir: string) => void;
  /** Called once when files cannot be watched. */
  readonly onTrouble: (message: string) => void;
}

/** Editors write a file in several steps, or replace it. */
const DEBOUNCE_MS = 60;

export function watchPacks(packs: readonly Pack[], { onChange, onTrouble }: PackWatchOptions): PackWatch {
  // Resolved like the paths that chokidar reports, regardless of the working directory.
  const places = packs.map(({ dir, documentPath }) => ({
    dir,
    folder: resolve(dir),
    document: resolve(documentPath),
  }));
  const waiting = new Map<string, NodeJS.Timeout>();
  let watcher: FSWatcher | undefined;
  let closed = false;
  let hasReported = false;
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
      }, DEBOUNCE_MS),
    );
  }

  function report(error: unknown): void {
    if (hasReported) return;
    hasReported = true;
    onTrouble(`edits of packs may not be detected: ${(error as Error).message}`);
  }

  async function open(): Promise<void> {
    const { watch } = await import('chokidar');
    if (closed) return;
    // Folders instead of files, because an edit may add a missing file.
    const folders = places.flatMap(({ folder, document }) => [folder, dirname(document)]);
    watcher = watch(folders, { ignoreInitial: true, depth: 0 });
    watcher
      .on('all', (_event, path) => changed(path))
      // Without a listener, an error would end the process.
      .on('error', report)
      .on('ready', () => becomeReady());
  }

  open().catch((error: unknown) => {
    report(error);
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
