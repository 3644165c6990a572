import type { ReceiverCase } from '../../receiver-case.ts';
import { serverFailures } from '../../selections.ts';
import { acknowledged } from '../../verdicts.ts';

export const answersServerFailure: ReceiverCase = {
  id: 'RCV-ACK-03',
  group: 'Acknowledgement',
  title: 'A server error of the vendor is acknowledged, too',
  level: 'must',
  requirement: "A callback whose body carries the vendor's server error is answered as a success is.",
  why: 'A receiver that answers 500 because the body says 500 turns one lost video into four callbacks.',
  remedy:
    'Handle the code of the body as data, and do not throw because of it. An error of your own, such as a database that is down, is still answered with 5xx.',
  basis: ['acknowledgement'],
  applies: (subject) =>
    serverFailures(subject).length > 0 ? null : 'the catalogue has no failure of the server',
  async run(stage) {
    const slug = serverFailures(stage.subject)[0];
    const passage = await stage.send(await stage.task(`fail.${slug}`));
    return { stimulus: `the failure "${slug}"`, ack: acknowledged(stage.subject, passage) };
  },
};
