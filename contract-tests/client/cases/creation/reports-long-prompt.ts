import type { Pack } from '../../../../mock-server/index.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { isReported, submitsIn } from '../../evidence-queries.ts';
import { textWithFigure } from '../../pack-text.ts';
import { promptLimitOf } from '../../prompt-limit.ts';
import { stillOpen } from '../../still-open.ts';

export const reportsLongPrompt: ClientCase = {
  id: 'CLI-CRE-12',
  group: 'Creating tasks',
  title: 'A prompt that is too long is reported to the caller',
  level: 'should',
  requirement: textWithFigure(
    'the maximum length',
    charactersOf,
    (limit) =>
      `When a prompt exceeds ${limit}, the client SHOULD report it to the caller, whether it checks the length itself or receives the error.`,
  ),
  why: 'The user gets neither a video nor an explanation.',
  remedy: 'Check the length before submitting, and report an error that states the limit.',
  basis: [
    'promptLength',
    { derived: 'The request schema or the documentation limits the length of a prompt.' },
  ],
  stimuli: ['long-prompt'],
  judge(evidence) {
    const { run, pack } = evidence;
    const limit = promptLimitOf(pack);
    if (limit === null) return notApplicable('The vendor does not document a limit for prompts.');
    if (run === null)
      return notApplicable(
        'A journal does not show which prompt the client was asked to send. Use "verify client" instead.',
      );
    const sent = submitsIn(evidence).filter((call) => promptOf(call).length > limit);
    const other = submitsIn(evidence).find((call) => promptOf(call).length <= limit);
    if (other !== undefined) return notApplicable(otherPrompt(promptOf(other), run.prompt));
    if (sent.some(({ entry }) => entry.taskId !== null))
      return notApplicable(`The vendor accepted a prompt of ${limit + 1} characters.`);
    const error = sent.at(-1)?.entry.error ?? null;
    const what = sent.length === 0 ? 'the prompt was not sent' : 'the prompt was sent and rejected';
    if (isReported(run, error, 'too long', 'exceed', 'character'))
      return passed(`${what}, and the client reported it`);
    const open = stillOpen(evidence, sent.at(-1)?.atMs ?? 0);
    return open ?? failed(`${what}, but the client ended successfully without reporting it`, sent);
  },
};

function otherPrompt(sent: string, asked: string): string {
  return sent !== '' && asked.startsWith(sent)
    ? `The client truncated the prompt to ${sent.length} characters before sending it.`
    : 'The client sent a different prompt. Let it send the prompt of the run: {prompt} in a command, "prompt" in the context of a function.';
}

function promptOf({ body, operation }: ApiCall): string {
  const prompt = operation?.type === 'submit' ? operation.promptOf(body as never) : null;
  return typeof prompt === 'string' ? prompt : '';
}

function charactersOf(pack: Pack): string | null {
  const limit = promptLimitOf(pack);
  return limit === null ? null : `${limit} characters`;
}
