import { acknowledged } from '../../answer-verdicts.ts';
import { type JsonValue, reverseKeys } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import { type Forgery, rejectsForgeries } from '../../forged-callbacks.ts';
import type { CaseContext, ReceiverCase, Task } from '../../receiver-case.ts';
import { coversBody, whyUnsigned } from '../../signature-forms.ts';
import { both } from '../../verdicts.ts';
import { wildJson } from '../../wild-json.ts';
import { type WildRequest, wildRequest } from '../../wild-request.ts';

export const verifiesReceivedBytes: ReceiverCase = {
  id: 'RCV-SEC-05',
  group: 'Security',
  title: 'Signatures are verified over the received bytes',
  level: 'must',
  requirement:
    'If the signature covers the body, the receiver MUST acknowledge a callback regardless of how its JSON is written (non-ASCII text, escaped characters, numbers such as 1.0 and 1e2, any whitespace and order of keys), and MUST reject the same values in bytes other than the signed ones.',
  why: 'A receiver that serializes the parsed body again before it verifies the signature, or decodes it with an encoding other than UTF-8, rejects valid callbacks: for example, those whose prompt has an accent or whose numbers end in .0.',
  remedy:
    'Keep the body as received, and compute the HMAC over those bytes before any parsing: express.raw(), request.get_data(), php://input. If a library requires a string, decode the body as UTF-8.',
  basis: [
    'signature',
    {
      derived:
        'Standard Webhooks, section "Signature scheme": parsing and serializing the body again can invalidate the signature.',
    },
  ],
  applies: (subject) =>
    whyUnsigned(subject) ??
    (coversBody(subject) ? null : 'the signature of this vendor does not cover the body'),
  async run(context) {
    const { stimulus, ack, effect } = await rejectsForgeries(context, REWRITTEN);
    if (ack.status === 'not-observable') return { stimulus, ack, effect };
    const wild = wildRequest(context.subject);
    const tasks = [await successOf(context, wild), await successOf(context, wild)];
    const attempts = [];
    for (const [index, task] of tasks.entries()) {
      const spelled = wildJson(task.body, wild?.parameters ?? null);
      attempts.push(await context.send(task.with(index === 0 ? JSON.stringify(task.body) : spelled)));
    }
    return {
      stimulus: `${stimulus}; and two signed successes with non-ASCII text, one of them with escapes, numbers and whitespace that change when the JSON is serialized again`,
      ack: both(acknowledged(context.subject, ...attempts), ack),
      effect: both(await effects(context, 1, ...tasks.map(({ taskId }) => taskId)), effect),
    };
  },
};

function successOf(context: CaseContext, wild: WildRequest | null): Promise<Task> {
  return context.task('success', wild?.patch);
}

/** Bodies with equal values in other bytes, with the signature of the original body. */
const REWRITTEN: readonly Forgery[] = [
  {
    what: 'whitespace that differs from the signed body',
    make: (task) => ({ ...task, text: JSON.stringify(task.body, null, 2) }),
  },
  {
    what: 'an order of keys that differs from the signed body',
    make: (task) => ({ ...task, text: JSON.stringify(reverseKeys(task.body as JsonValue)) }),
  },
];
