/** The members of problem details (RFC 9457) that the page shows. */
interface ProblemDetails {
  readonly detail?: string;
  readonly title?: string;
  readonly remedy?: string;
}

/** Reads the body of a refused call. A proxy in front of the mock may answer with something else. */
export function problemDetailsIn(text: string): ProblemDetails {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return {};
  }
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

/** Returns whether a browser accepts a text as the value of a header. */
export function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}
