import { replaceAt, wordings } from '../../anatomy.ts';
import { classedAs, type Told } from '../../classed-as.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const classesEveryWording: ReceiverCase = {
  id: 'RCV-FAIL-02',
  group: 'Failures',
  title: "The same failure in another page's words is the same failure",
  level: 'should',
  requirement:
    'Pages write one message with and without a full stop, with another apostrophe, with another second sentence; the class stays the same.',
  why: 'A comparison with the exact text of one page finds nothing on another.',
  remedy:
    'Normalize a copy for comparing: lower case, letters and digits only, word stems instead of sentences. Store and show the message as it was received.',
  basis: ['failureTexts'],
  applies: ({ failures, pack, anatomy }) =>
    anatomy.message !== null && failures.some((slug) => wordings(pack, slug).length > 1)
      ? null
      : 'every failure has one wording',
  async run(stage) {
    const { pack, failures } = stage.subject;
    const passages = [];
    const tasks: Told[] = [];
    for (const slug of failures) {
      for (const wording of wordings(pack, slug)) {
        const task = await stage.task(`fail.${slug}`);
        const place = stage.anatomy.message;
        const body = place === null ? task.body : replaceAt(task.body, [place], wording);
        passages.push(await stage.send(task.with(body)));
        tasks.push({
          taskId: task.taskId,
          slug: `${slug}: ${wording}`,
          expected: pack.failures.get(slug)?.class ?? null,
        });
      }
    }
    return {
      stimulus: `every failure in the words of every page, ${tasks.length} in all`,
      ack: acknowledged(stage.subject, ...passages),
      effect: await classedAs(stage, tasks),
    };
  },
};
