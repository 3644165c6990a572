import { GENERATE } from '../fixtures/clients/runway-calls.ts';

/** One HTTP request, independent of a connection. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The API key of every request. */
const AUTHORIZATION = 'Bearer bench';

/** Placeholder in a body for the number of the request, so that a million prompts differ. */
export const NUMBER_MARK = '#00000000';

export function submission(callBackUrl: string): Request {
  const prompt = `A fluffy orange cat, take ${NUMBER_MARK}, dances energetically in a colorful room with disco lights`;
  return {
    method: 'POST',
    path: '/api/v1/runway/generate',
    headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ ...GENERATE, prompt, callBackUrl }),
  };
}

export function poll(taskId: string): Request {
  return {
    method: 'GET',
    path: `/api/v1/runway/record-detail?taskId=${taskId}`,
    headers: { authorization: AUTHORIZATION },
    body: '',
  };
}

/** Returns the body of the n-th request; all have the same length. */
export function numbered(body: string, n: number): string {
  return body.replace(NUMBER_MARK, `#${String(n).padStart(NUMBER_MARK.length - 1, '0')}`);
}

/** Returns the id in the answer to a submission. */
export function taskIdIn(answer: string): string {
  const id = /"taskId":"([^"]+)"/.exec(answer)?.[1];
  if (id === undefined) throw new Error(`a submission was answered with ${answer.slice(0, 200)}`);
  return id;
}
