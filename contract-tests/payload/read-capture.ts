/** One message of a capture. */
export interface Captured {
  /** Where it stands: its line, from 1. */
  readonly line: number;
  /** The message; undefined when the line is no JSON. */
  readonly body: unknown;
  /** Why it is no JSON; null when it is. */
  readonly trouble: string | null;
}

/** One JSON document, or one in each line; empty lines are passed over. */
export function readCapture(text: string): Captured[] {
  const whole = parse(text);
  if (whole.trouble === null) return [{ line: 1, ...whole }];
  const lines = text
    .split(/\r?\n/)
    .map((content, index) => ({ line: index + 1, content }))
    .filter(({ content }) => content.trim() !== '');
  // A single document that is spread over lines is not taken apart: its own error says more.
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
