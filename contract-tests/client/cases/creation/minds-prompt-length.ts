import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { isSurfaced, submitsIn } from '../../questions.ts';

export const mindsPromptLength: ClientCase = {
  id: 'CLI-CRE-12',
  group: 'Creating tasks',
  title: 'A prompt that is too long is held back, or its refusal is told',
  level: 'should',
  requirement: 'A prompt of 2,049 characters is not sent; or it is, and its refusal reaches the caller.',
  why: 'The user gets nothing, and no reason.',
  remedy: 'Check the length before submitting, with the limit of the page.',
  sources: [PAGES.extend],
  stimuli: ['long-prompt'],
  judge(evidence) {
    const expected = 'a prompt that is too long is held back, or its refusal is told';
    const { run } = evidence;
    if (run === null) return doesNotApply(expected, 'No run asked for a prompt that is too long.');
    const sent = submitsIn(evidence).filter(({ body, operation }) => promptOf(body, operation).length > 2000);
    const others = submitsIn(evidence).length - sent.length;
    if (others > 0)
      return doesNotApply(expected, 'The client made up its own prompt: put {prompt} where it takes one.');
    const error = sent.at(-1)?.entry.error ?? null;
    const what = sent.length === 0 ? 'it was held back' : 'it was sent and refused';
    return isSurfaced(run, error, 'too long', 'exceed', 'characters')
      ? kept(expected, `${what}, and the command said so`)
      : broken(expected, `${what}, and the command ended as if all were well`, sent);
  },
};

function promptOf(body: unknown, operation: ApiCall['operation']): string {
  const prompt = operation?.type === 'submit' ? operation.promptOf(body as never) : null;
  return typeof prompt === 'string' ? prompt : '';
}
