import { acknowledged } from '../../answer-verdicts.ts';
import { replaceAt } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import type { Message } from '../../message.ts';
import { knownAsFailed } from '../../probe-verdicts.ts';
import type { CaseContext, Findings, ReceiverCase } from '../../receiver-case.ts';
import { signatureVerdict, wasRejectedAsForged } from '../../signature-forms.ts';
import { amended, verdict } from '../../verdicts.ts';
import { echoes, wildRequest } from '../../wild-request.ts';
import { inAscii, wildText } from '../../wild-text.ts';

export const storesAnyText: ReceiverCase = {
  id: 'RCV-ENV-09',
  group: 'Envelope',
  title: 'Text in any script and of any length is stored',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge and process once a callback that echoes user input: emoji, quotes, backslashes, Hebrew and Arabic, combining and control characters, and Unicode line separators, up to the longest allowed prompt, as UTF-8 or as JSON escapes. For an event that does not echo input, the failure message is such a text.',
  why: 'A three-byte UTF-8 column, a log in another encoding, a query or shell command built by string concatenation, or a small body limit rejects only the callbacks with unusual text, and the vendor retries and then abandons each of them.',
  remedy:
    'Store text as four-byte UTF-8 (utf8mb4 in MySQL), pass it to queries and commands as a parameter, and set a body limit above the longest prompt.',
  basis: [
    'callbackBody',
    {
      derived:
        'RFC 8259, sections 7 and 8.1: a JSON string can contain any Unicode character, as UTF-8 or escaped.',
    },
  ],
  async run(context) {
    return (await echoedText(context)) ?? (await failureText(context)) ?? nothingEchoed();
  },
};

/** Sends successes that echo a wild request. Returns null if the event does not echo input. */
async function echoedText(context: CaseContext): Promise<Findings | null> {
  const wild = wildRequest(context.subject);
  if (wild === null) return null;
  const plain = await context.task('success', wild.patch);
  if (!echoes(plain.body, wild.prompt)) return null;
  const escaped = await context.task('success', wild.patch);
  const attempts = [await context.send(plain), await context.send(escaped.with(inAscii(escaped.text)))];
  const stimulus = `a success whose prompt has ${sizeOf(wild.prompt)} in many scripts, and one with the same text as JSON escapes`;
  if (wasRejectedAsForged(context.subject, ...attempts)) {
    return { stimulus, ack: signatureVerdict('both callbacks are acknowledged') };
  }
  return {
    stimulus,
    ack: acknowledged(context.subject, ...attempts),
    effect: await effects(context, 1, plain.taskId, escaped.taskId),
  };
}

/** Sends failures with a wild message. Returns null if the event has no failures, or none with a message. */
async function failureText(context: CaseContext): Promise<Findings | null> {
  const { subject, shape } = context;
  const { message } = shape;
  const [slug] = subject.failures;
  if (slug === undefined || message === null) return null;
  const text = wildText(MESSAGE_BYTES);
  const plain = await context.task(`fail.${slug}`);
  const escaped = await context.task(`fail.${slug}`);
  const wild = replaceAt(plain.body, [message], text);
  const sent: readonly Message[] = [
    plain.with(wild),
    escaped.with(inAscii(JSON.stringify(replaceAt(escaped.body, [message], text)))),
  ];
  const attempts = [];
  for (const one of sent) attempts.push(await context.send(one));
  return {
    stimulus: `a failure whose message has ${sizeOf(text)} in many scripts, and one with the same text as JSON escapes`,
    ack: amended(acknowledged(subject, ...attempts), { level: 'should' }),
    ...(subject.hasProbe
      ? { effect: amended(await knownAsFailed(context, plain.taskId, escaped.taskId), { level: 'should' }) }
      : {}),
  };
}

function nothingEchoed(): Findings {
  const because = 'the callbacks of this event contain only text that the vendor writes';
  return { stimulus: '', ack: verdict('not-applicable', 'any text is accepted', because) };
}

/** A failure message is shorter than a prompt. */
const MESSAGE_BYTES = 2000;

function sizeOf(text: string): string {
  const bytes = Buffer.byteLength(text);
  return bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}
