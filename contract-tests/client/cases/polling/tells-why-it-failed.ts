import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { sawEnd, succeeds } from '../../questions.ts';

export const tellsWhyItFailed: ClientCase = {
  id: 'CLI-POL-14',
  group: 'Polling',
  title: 'The reason for a failure reaches the caller',
  level: 'must',
  requirement: 'The failure code and the failure message of a poll reach whoever asked for the video.',
  why: 'Without them nobody knows whether to change the prompt, to wait or to pay.',
  remedy: 'Put both into the error, or at least into the log.',
  basis: ['pollInterval'],
  stimuli: ['failed'],
  judge(evidence) {
    const expected = 'the reason for a failure reaches the caller';
    const failed = evidence.tasks.find((task) => !succeeds(task) && sawEnd(evidence, task) !== undefined);
    if (failed === undefined || failed.plan.outcome.type !== 'failure')
      return doesNotApply(expected, 'No poll showed a failure.');
    const { run, pack } = evidence;
    if (run === null)
      return cannotBeSeen(
        expected,
        'A journal does not show what the client reports to its caller: "verify client" runs it.',
      );
    const failure = pack.failures.get(failed.plan.outcome.slug);
    const text = sawEnd(evidence, failed)?.entry.answer ?? '';
    const message = Object.values(failure?.messages ?? {}).find((own) => text.includes(own)) ?? '';
    const code = String(failure?.code ?? '');
    const needsCode = new RegExp(`[": ]${escaped(code)}[",}]`).test(text);
    const missing = [
      ...(run.output.includes(message) ? [] : [`the message "${message}"`]),
      ...(!needsCode || new RegExp(`(?<![\\w.])${escaped(code)}(?![\\w])`).test(run.output)
        ? []
        : [`the code ${code}`]),
    ];
    return missing.length === 0
      ? kept(expected, needsCode ? `code ${code} and its message were printed` : 'its message was printed')
      : broken(expected, `${missing.join(' and ')} was not printed`, [failed]);
  },
};

function escaped(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}
