import type { Request } from './runway-requests.ts';

export interface Answer {
  readonly contentType: string;
  readonly body: string;
  readonly bodyBytes: number;
}

/**
 * Sends one untimed request to learn the answer that a load must get.
 * @throws {Error} when the status is not 200
 */
export async function ask(url: string, { method, path, headers, body }: Request): Promise<Answer> {
  const response = await fetch(url + path, { method, headers, ...(body === '' ? {} : { body }) });
  const bytes = Buffer.from(await response.arrayBuffer());
  const answer = bytes.toString('utf8');
  if (response.status !== 200)
    throw new Error(`${url} answered ${response.status} to ${method} ${path}: ${answer}`);
  return { contentType: response.headers.get('content-type') ?? '', body: answer, bodyBytes: bytes.length };
}
