/** Shows the progress in one line, on a terminal only. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

export function createProgress(out: NodeJS.WriteStream): Progress {
  if (!out.isTTY) return { show: () => undefined, clear: () => undefined };
  const clear = (): void => {
    out.write('\r\u001b[K');
  };
  return {
    show(text) {
      clear();
      // Some terminals do not report their width.
      out.write(text.slice(0, (out.columns || 80) - 1));
    },
    clear,
  };
}
