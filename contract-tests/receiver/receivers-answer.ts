import type { Passage } from '../../mock-server/index.ts';

/** How much of a body tells a person what went wrong. */
const SHOWN = 300;

/** What a receiver answered where it was not a plain 200, as a part of a timeline entry. */
export function answerIn({ status, answer }: Passage): { readonly answer?: string } {
  if (status === null || status === 200) return {};
  const body = (answer ?? '').trim();
  const shown = body.length > SHOWN ? `${body.slice(0, SHOWN)}…` : body;
  return { answer: `HTTP ${status} ${shown === '' ? 'with an empty body' : JSON.stringify(shown)}` };
}
