import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, both, effects, refused } from '../../verdicts.ts';

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
  async run(stage) {
    const { subject } = stage;
    const task = await stage.task();
    const broken = await stage.send(task.with(`${task.text.slice(0, -1)},}`));
    const typed = await stage.request('POST', { ...task.headers, 'content-type': 'text/plain' }, 'hello');
    const get = await stage.request('GET', {});
    const next = await stage.task();
    const good = await stage.send(next);
    return {
      stimulus: 'invalid JSON, a text/plain body, a GET, and a valid callback',
      ack: both(
        both(refused(subject, 'invalid JSON', broken), refused(subject, 'a text/plain body', typed)),
        both(refused(subject, 'a GET', get), acknowledged(subject, good)),
      ),
      effect: await effects(stage, 1, next.taskId),
    };
  },
};
