/** One line that says how far things are; nothing where nobody watches. */
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
      // Some terminals do not know how wide they are.
      out.write(text.slice(0, (out.columns || 80) - 1));
    },
    clear,
  };
}
