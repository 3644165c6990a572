import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, both, effects, refused } from '../../verdicts.ts';

export const refusesWhatIsNoCallback: ReceiverCase = {
  id: 'RCV-ENV-08',
  group: 'Envelope',
  title: 'What is no callback is refused, and breaks nothing',
  level: 'should',
  requirement:
    'Broken JSON, another content type and a GET are refused with 4xx in time; the next good callback works.',
  why: 'Scanners find every public URL; what they send must not keep a worker busy or end the process.',
  remedy: 'Check method, content type and JSON before anything else, and answer 4xx.',
  basis: ['callbackBody'],
  // A receiver that crashes on it must be known to have crashed on this.
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
      stimulus: 'broken JSON, a text/plain body, a GET, and a good callback',
      ack: both(
        both(refused(subject, 'broken JSON', broken), refused(subject, 'a text/plain body', typed)),
        both(refused(subject, 'a GET', get), acknowledged(subject, good)),
      ),
      effect: await effects(stage, 1, next.taskId),
    };
  },
};
