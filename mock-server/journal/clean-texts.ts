/** Remembers texts without secrets, because most poll responses repeat an earlier one. */
export interface CleanTexts {
  has(text: string): boolean;
  add(text: string): void;
  /** Must be called when a key was learned, which the texts may contain. */
  clear(): void;
}

/** The same limits as those of the engine's cache of poll responses. */
const ANSWERS_LIMIT = 5000;
const ANSWER_CHARACTERS_LIMIT = 8 * 1024 * 1024;
/** Longer texts are not remembered. */
const LONGEST_ANSWER = 16 * 1024;

export function createCleanTexts(): CleanTexts {
  const texts = new Set<string>();
  let characters = 0;

  function clear(): void {
    texts.clear();
    characters = 0;
  }

  return {
    has: (text) => texts.has(text),
    add(text) {
      if (text.length > LONGEST_ANSWER) return;
      if (texts.size >= ANSWERS_LIMIT || characters >= ANSWER_CHARACTERS_LIMIT) clear();
      texts.add(text);
      characters += text.length;
    },
    clear,
  };
}
