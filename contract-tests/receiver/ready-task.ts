import type { StagedCallback } from '../../mock-server/internal.ts';
import type { JsonValue } from './callback-shape.ts';
import type { Message } from './message.ts';
import type { Task } from './receiver-case.ts';
import { ANOTHER_KEY } from './signature-forms.ts';
import type { SourcedTask } from './task-source.ts';

/** Returns a task with the callbacks that a case may send for it. @param isSigned whether callbacks are signed */
export function readyTask(sourced: SourcedTask, isSigned: boolean): Task {
  const { taskId, namedId, headers, body: text, url } = sourced;
  const message = (body: string): Message => ({ taskId, text: body, headers: sourced.seal(body), url });
  return {
    taskId,
    namedId,
    text,
    headers,
    url,
    body: JSON.parse(text) as JsonValue,
    callbacks: sourced.callbacks.map(({ body, ...rest }) => ({ ...rest, taskId, text: body, url })),
    with: (body) => message(typeof body === 'string' ? body : JSON.stringify(body)),
    sealed: (at: Parameters<StagedCallback['seal']>[1]) => ({
      taskId,
      text,
      headers: sourced.seal(text, at),
      url,
    }),
    forged(origin) {
      const forgery = sourced.forge(origin);
      // An attacker does not have the key, so the signature of a forgery is wrong.
      const headers = isSigned ? sourced.seal(forgery, { secret: ANOTHER_KEY }) : sourced.seal(forgery);
      return { taskId, text: forgery, headers, url };
    },
  };
}
