import { acknowledged, refused } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { both } from '../../verdicts.ts';

export const rejectsOtherRequests: ReceiverCase = {
  id: 'RCV-ENV-08',
  group: 'Envelope',
  title: 'Requests that are not callbacks are rejected without side effects',
  level: 'should',
  requirement:
    'The receiver SHOULD answer invalid JSON, another content type and a GET with 4xx in time, and SHOULD then process the next valid callback.',
  why: 'Scanners find every public URL; their requests must not block a worker or end the process.',
  remedy: 'Check the method, the content type and the JSON first, and answer 4xx.',
  basis: [
    {
      derived:
        'RFC 9110, section 15.5: a 4xx status reports an error of the client, such as an invalid request.',
    },
  ],
  // Runs alone, so that a crash of the receiver can be attributed to this case.
  alone: true,
  async run(context) {
    const { subject } = context;
    const task = await context.task();
    const broken = await context.send(task.with(`${task.text.slice(0, -1)},}`));
    const typed = await context.request('POST', { ...task.headers, 'content-type': 'text/plain' }, 'hello');
    const get = await context.request('GET', {});
    const next = await context.task();
    const good = await context.send(next);
    return {
      stimulus: 'invalid JSON, a text/plain body, a GET, and a valid callback',
      ack: both(
        both(refused(subject, 'invalid JSON', broken), refused(subject, 'a text/plain body', typed)),
        both(refused(subject, 'a GET', get), acknowledged(subject, good)),
      ),
      effect: await effects(context, 1, next.taskId),
    };
  },
};
