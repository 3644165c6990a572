import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { promptLimitOf } from '../../prompt-limit.ts';
import { isSurfaced, submitsIn } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const mindsPromptLength: ClientCase = {
  id: 'CLI-CRE-12',
  group: 'Creating tasks',
  title: 'A prompt that is too long is reported to the caller',
  level: 'should',
  requirement:
    'When a prompt exceeds the vendor\'s limit, the client SHOULD report it to the caller, whether it checks the length itself or receives the error.',
  why: 'The user gets neither a video nor an explanation.',
  remedy: 'Check the length before submitting, and report an error that states the limit.',
  sources: [PAGES.extend],
  stimuli: ['long-prompt'],
  judge(evidence) {
    const { run, pack } = evidence;
    const limit = promptLimitOf(pack);
    if (limit === null) return doesNotApply('The vendor does not document a limit for prompts.');
    if (run === null) return doesNotApply('A journal does not show which prompt the client was asked to send. Use "verify client" instead.');
    const sent = submitsIn(evidence).filter((call) => promptOf(call).length > limit);
    const other = submitsIn(evidence).find((call) => promptOf(call).length <= limit);
    if (other !== undefined) return doesNotApply(otherPrompt(promptOf(other), run.prompt));
    if (sent.some(({ entry }) => entry.taskId !== null))
      return doesNotApply(`The vendor accepted a prompt of ${limit + 1} characters.`);
    const error = sent.at(-1)?.entry.error ?? null;
    const what = sent.length === 0 ? 'the prompt was not sent' : 'the prompt was sent and rejected';
    if (isSurfaced(run, error, 'too long', 'exceed', 'character'))
      return kept(`${what}, and the client reported it`);
    const open = stillOpen(evidence, sent.at(-1)?.atMs ?? 0);
    return open ?? broken(`${what}, but the client exited successfully without reporting it`, sent);
  },
};

function otherPrompt(sent: string, asked: string): string {
  return sent !== '' && asked.startsWith(sent)
    ? `The client truncated the prompt to ${sent.length} characters before sending it.`
    : 'The client sent a different prompt. Add {prompt} to its command where it accepts one.';
}

function promptOf({ body, operation }: ApiCall): string {
  const prompt = operation?.type === 'submit' ? operation.promptOf(body as never) : null;
  return typeof prompt === 'string' ? prompt : '';
}
