import { type JsonValue, reverseKeys } from '../../anatomy.ts';
import { type Forgery, refusesForgeries } from '../../forged-callbacks.ts';
import type { ReceiverCase, Stage, Task } from '../../receiver-case.ts';
import { coversBody, unsigned } from '../../signature-forms.ts';
import { acknowledged, both, effects } from '../../verdicts.ts';
import { wildJson } from '../../wild-json.ts';
import { type WildRequest, wildRequest } from '../../wild-request.ts';

export const verifiesReceivedBytes: ReceiverCase = {
  id: 'RCV-SEC-05',
  group: 'Security',
  title: 'A signature is verified over the bytes that were received',
  level: 'must',
  requirement:
    'Where the signature covers the body, a callback is acknowledged however its JSON is written: with text beyond ASCII, escaped characters, numbers such as 1.0 and 1e2, any white space, and any order of keys. The same values in other bytes than the signed ones are refused.',
  why: 'A receiver that parses the body and writes it again before it verifies, or decodes it as anything but UTF-8, refuses the callbacks whose text is not plain: with the first prompt that has an accent, or the first number that ends in .0.',
  remedy:
    'Keep the body as it was received, and compute the HMAC over those bytes before anything parses them: express.raw(), request.get_data(), php://input. Where a library wants a string, decode it as UTF-8.',
  basis: ['signature'],
  applies: (subject) =>
    unsigned(subject) ??
    (coversBody(subject) ? null : 'the signature of this vendor does not cover the body'),
  async run(stage) {
    const { stimulus, ack, effect } = await refusesForgeries(stage, REWRITTEN);
    if (ack.status === 'not-observable') return { stimulus, ack, effect };
    const wild = wildRequest(stage.subject);
    const tasks = [await successOf(stage, wild), await successOf(stage, wild)];
    const passages = [];
    for (const [index, task] of tasks.entries()) {
      const spelled = wildJson(task.body, wild?.parameters ?? null);
      passages.push(await stage.send(task.with(index === 0 ? JSON.stringify(task.body) : spelled)));
    }
    return {
      stimulus: `${stimulus}; and two signed successes whose text is beyond ASCII, one of them with escapes, numbers and white space that do not survive being written again`,
      ack: both(acknowledged(stage.subject, ...passages), ack),
      effect: both(await effects(stage, 1, ...tasks.map(({ taskId }) => taskId)), effect),
    };
  },
};

function successOf(stage: Stage, wild: WildRequest | null): Promise<Task> {
  return stage.task('success', wild?.patch);
}

/** Other bytes that say the same, under the signature of the original. */
const REWRITTEN: readonly Forgery[] = [
  {
    what: 'other white space than was signed',
    make: (task) => ({ ...task, text: JSON.stringify(task.body, null, 2) }),
  },
  {
    what: 'another order of keys than was signed',
    make: (task) => ({ ...task, text: JSON.stringify(reverseKeys(task.body as JsonValue)) }),
  },
];
