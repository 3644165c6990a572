/** One message of a capture. */
export interface Captured {
  /** Line of the message, from 1. */
  readonly line: number;
  /** The message; undefined when the line is not JSON. */
  readonly body: unknown;
  /** Parse error; null when the line is JSON. */
  readonly trouble: string | null;
}

/** Reads one JSON document, or one document per line; empty lines are skipped. */
export function readCapture(text: string): Captured[] {
  const whole = parse(text);
  if (whole.trouble === null) return [{ line: 1, ...whole }];
  const lines = text
    .split(/\r?\n/)
    .map((content, index) => ({ line: index + 1, content }))
    .filter(({ content }) => content.trim() !== '');
  // A single document that spans several lines keeps its own, more specific error.
  const messages = lines.map(({ line, content }) => ({ line, ...parse(content) }));
  if (messages.length > 1 && messages.some(({ trouble }) => trouble === null)) return messages;
  return text.trim() === '' ? [] : [{ line: 1, ...whole }];
}

function parse(text: string): { body: unknown; trouble: string | null } {
  try {
    return { body: JSON.parse(text), trouble: null };
  } catch (error) {
    return { body: undefined, trouble: (error as Error).message };
  }
}
