import type { AttemptResult } from '../../mock-server/index.ts';

/** Maximum length of a body in the timeline. */
const SHOWN = 300;

/** Returns the `answer` of a timeline entry or of a verdict, for a status other than 200. */
export function answerIn({ status, answer }: AttemptResult): { readonly answer?: string } {
  if (status === null || status === 200) return {};
  const body = (answer ?? '').trim();
  const shown = body.length > SHOWN ? `${body.slice(0, SHOWN)}…` : body;
  return { answer: `HTTP ${status} ${shown === '' ? 'with an empty body' : JSON.stringify(shown)}` };
}
