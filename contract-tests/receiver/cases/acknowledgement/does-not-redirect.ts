import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged } from '../../verdicts.ts';

export const doesNotRedirect: ReceiverCase = {
  id: 'RCV-ACK-04',
  group: 'Acknowledgement',
  title: 'The receiver answers without a redirect',
  level: 'must',
  requirement:
    'The receiver must answer at the registered URL: vendors do not follow redirects, and may treat a 2xx status other than the documented one as a failure.',
  why: 'A redirect to https, or to a path with a trailing slash, works in a browser but loses every callback.',
  remedy: 'Register the URL that answers directly, or remove the redirect for it.',
  sources: [PAGES.extend],
  async run(stage) {
    const passage = await stage.send(await stage.task());
    return { stimulus: 'one success', ack: acknowledged(stage.subject, passage) };
  },
};
