import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';
import { sawEnd, succeeds } from '../../evidence-queries.ts';

export const reportsFailureReason: ClientCase = {
  id: 'CLI-POL-14',
  group: 'Polling',
  title: 'The client reports why a task failed',
  level: 'must',
  requirement: 'The client MUST report the failure code and the failure message to its caller.',
  why: 'Without them, the user does not know whether to change the prompt, wait, or add credit.',
  remedy: 'Include both in the error, or at least in the log.',
  basis: ['failureTexts'],
  stimuli: ['failed'],
  judge(evidence) {
    const task = evidence.tasks.find((one) => !succeeds(one) && sawEnd(evidence, one) !== undefined);
    if (task === undefined || task.plan.outcome.type !== 'failure')
      return notApplicable('No poll showed a failed task.');
    const { run, pack } = evidence;
    if (run === null)
      return notObservable(
        'A journal does not show what the client reports to its caller. Use "verify client" instead.',
      );
    const failure = pack.failures.get(task.plan.outcome.slug);
    const text = sawEnd(evidence, task)?.entry.answer ?? '';
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
      ? passed(
          needsCode
            ? `the client reported the code ${code} and the message`
            : 'the client reported the message',
        )
      : failed(`the client did not report ${missing.join(' or ')}`, [task]);
  },
};

function escaped(text: string): string {
  return text.replaceAll(/[^\w]/g, '\\$&');
}
