import { replaceAt } from '../../anatomy.ts';
import type { Findings, Message, ReceiverCase, Stage } from '../../receiver-case.ts';
import { seeSignatures, tookForForged } from '../../signature-forms.ts';
import { acknowledged, amended, effects, knownAsFailed, verdict } from '../../verdicts.ts';
import { echoes, wildRequest } from '../../wild-request.ts';
import { inAscii, wildText } from '../../wild-text.ts';

export const storesAnyText: ReceiverCase = {
  id: 'RCV-ENV-09',
  group: 'Envelope',
  title: 'Any text is stored, whatever its script and its length',
  level: 'must',
  requirement:
    'A callback that echoes what a user wrote is acknowledged and processed once, whatever the text is: emoji, quotes, back slashes, Hebrew and Arabic, combining and control characters, the line separators U+2028 and U+2029, up to 20 kB, as UTF-8 or as JSON escapes. Where nothing is echoed, a failure message may be such a text.',
  why: 'A column in three-byte UTF-8, a log that is not UTF-8, a query or a shell command put together as text, or a small body limit refuses the one callback whose prompt has an emoji, and it is sent again until the vendor gives up.',
  remedy:
    'Store text as UTF-8 of up to four bytes (utf8mb4 in MySQL), pass it as a parameter to queries and commands, and let the body limit be larger than the longest prompt.',
  basis: ['callbackBody'],
  async run(stage) {
    return (await echoedText(stage)) ?? (await failureText(stage)) ?? nothingEchoed();
  },
};

/** Successes that echo a wild request; null where the event echoes nothing. */
async function echoedText(stage: Stage): Promise<Findings | null> {
  const wild = wildRequest(stage.subject);
  if (wild === null) return null;
  const plain = await stage.task('success', wild.patch);
  if (!echoes(plain.body, wild.prompt)) return null;
  const escaped = await stage.task('success', wild.patch);
  const passages = [await stage.send(plain), await stage.send(escaped.with(inAscii(escaped.text)))];
  const stimulus = `a success whose prompt is ${sizeOf(wild.prompt)} of every script, and one with the same text as JSON escapes`;
  if (tookForForged(stage.subject, ...passages)) {
    return { stimulus, ack: seeSignatures('both callbacks are acknowledged') };
  }
  return {
    stimulus,
    ack: acknowledged(stage.subject, ...passages),
    effect: await effects(stage, 1, plain.taskId, escaped.taskId),
  };
}

/** Failures whose message is a wild text; null where there are none, or their message is fixed. */
async function failureText(stage: Stage): Promise<Findings | null> {
  const { subject, anatomy } = stage;
  const { message } = anatomy;
  const [slug] = subject.failures;
  if (slug === undefined || message === null) return null;
  const text = wildText(MESSAGE_BYTES);
  const plain = await stage.task(`fail.${slug}`);
  const escaped = await stage.task(`fail.${slug}`);
  const wild = replaceAt(plain.body, [message], text);
  const sent: readonly Message[] = [
    plain.with(wild),
    escaped.with(inAscii(JSON.stringify(replaceAt(escaped.body, [message], text)))),
  ];
  const passages = [];
  for (const one of sent) passages.push(await stage.send(one));
  return {
    stimulus: `a failure whose message is ${sizeOf(text)} of every script, and one with the same text as JSON escapes`,
    ack: amended(acknowledged(subject, ...passages), { level: 'should' }),
    ...(subject.hasProbe
      ? { effect: amended(await knownAsFailed(stage, plain.taskId, escaped.taskId), { level: 'should' }) }
      : {}),
  };
}

function nothingEchoed(): Findings {
  const because = 'the callbacks of this event carry no text but what the vendor itself writes';
  return { stimulus: '', ack: verdict('not-applicable', 'any text is accepted', because) };
}

/** Messages are sentences, not essays. */
const MESSAGE_BYTES = 2000;

function sizeOf(text: string): string {
  const bytes = Buffer.byteLength(text);
  return bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}
