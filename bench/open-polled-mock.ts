import type { Bench } from './bench.ts';
import type { Child, Scripts } from './child.ts';
import { type Answer, ask } from './fetch-once.ts';
import { numbered, poll, type Request, submission, taskIdIn } from './runway-requests.ts';

/** A mock with a single finished task. */
export interface PolledMock {
  readonly host: Child<Scripts['mock-host']>;
  readonly url: string;
  readonly request: Request;
  readonly answer: Answer;
}

export async function openPolledMock({ open }: Pick<Bench, 'open'>): Promise<PolledMock> {
  const host = open('mock-host');
  const url = await host.call('start', { clock: 'virtual' });
  const generate = submission(`${url}/__sink`);
  const submitted = await ask(url, { ...generate, body: numbered(generate.body, 1) });
  await host.call('advance', '10m');
  const request = poll(taskIdIn(submitted.body));
  const answer = await ask(url, request);
  if (!answer.body.includes('"state":"success"')) throw new Error(`the task has not ended: ${answer.body}`);
  return { host, url, request, answer };
}
