import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { promptLimitOf } from '../../prompt-limit.ts';
import { isSurfaced, submitsIn } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const mindsPromptLength: ClientCase = {
  id: 'CLI-CRE-12',
  group: 'Creating tasks',
  title: 'A prompt that is too long is held back, or its refusal is reported',
  level: 'should',
  requirement:
    'A prompt that is longer than the vendor accepts is not sent, or it is sent and its refusal reaches the caller.',
  why: 'The user gets neither a video nor a reason.',
  remedy: 'Check the length before submitting, and report it.',
  basis: ['errorCodes'],
  stimuli: ['long-prompt'],
  judge(evidence) {
    const expected = 'a prompt that is too long is held back, or its refusal is reported';
    const { run, pack } = evidence;
    const limit = promptLimitOf(pack);
    if (limit === null) return doesNotApply(expected, 'No page limits the length of a prompt.');
    if (run === null) return doesNotApply(expected, 'No run asked for a prompt that is too long.');
    const sent = submitsIn(evidence).filter((call) => promptOf(call).length > limit);
    const other = submitsIn(evidence).find((call) => promptOf(call).length <= limit);
    if (other !== undefined) return doesNotApply(expected, otherPrompt(promptOf(other), run.prompt));
    if (sent.some(({ entry }) => entry.taskId !== null))
      return doesNotApply(expected, `The vendor accepted a prompt of ${limit + 1} characters.`);
    const error = sent.at(-1)?.entry.error ?? null;
    const what = sent.length === 0 ? 'it was held back' : 'it was sent and refused';
    if (isSurfaced(run, error, 'too long', 'exceed', 'character'))
      return kept(expected, `${what}, and the command said so`);
    const open = stillOpen(evidence, expected, sent.at(-1)?.atMs ?? 0);
    return open ?? broken(expected, `${what}, and the command ended as if all were well`, sent);
  },
};

function otherPrompt(sent: string, asked: string): string {
  return sent !== '' && asked.startsWith(sent)
    ? `The client cut the prompt to ${sent.length} characters before it sent it.`
    : 'The client sent a prompt of its own: put {prompt} into its command where it accepts one.';
}

function promptOf({ body, operation }: ApiCall): string {
  const prompt = operation?.type === 'submit' ? operation.promptOf(body as never) : null;
  return typeof prompt === 'string' ? prompt : '';
}
