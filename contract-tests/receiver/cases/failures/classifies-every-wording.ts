import { acknowledged } from '../../answer-verdicts.ts';
import { replaceAt, wordings } from '../../callback-shape.ts';
import { judgeClasses, type SentFailure } from '../../judge-classes.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const classifiesEveryWording: ReceiverCase = {
  id: 'RCV-FAIL-02',
  group: 'Failures',
  title: 'The wording of a failure message does not change its class',
  level: 'should',
  requirement:
    'The receiver SHOULD assign the same class to every documented wording of a failure; wordings differ in punctuation, apostrophes and second sentences.',
  why: 'A comparison with the exact text of one page fails for the text of another.',
  remedy:
    'Normalize a copy for the comparison: lower case, letters and digits only, word stems instead of sentences. Store and show the message as received.',
  basis: ['failureTexts'],
  applies: ({ failures, pack, shape }) =>
    shape.message !== null && failures.some((slug) => wordings(pack, slug).length > 1)
      ? null
      : 'each failure has only one wording',
  async run(context) {
    const { pack, failures } = context.subject;
    const attempts = [];
    const tasks: SentFailure[] = [];
    for (const slug of failures) {
      for (const wording of wordings(pack, slug)) {
        const task = await context.task(`fail.${slug}`);
        const place = context.shape.message;
        const body = place === null ? task.body : replaceAt(task.body, [place], wording);
        attempts.push(await context.send(task.with(body)));
        tasks.push({
          taskId: task.taskId,
          slug: `${slug}: ${wording}`,
          expected: pack.failures.get(slug)?.class ?? null,
        });
      }
    }
    return {
      stimulus: `every documented wording of every failure, ${tasks.length} in total`,
      ack: acknowledged(context.subject, ...attempts),
      effect: await judgeClasses(context, tasks),
    };
  },
};
