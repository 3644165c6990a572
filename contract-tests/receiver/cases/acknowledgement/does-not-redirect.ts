import { isInWindows } from '../../../../mock-server/internal.ts';
import { acknowledged } from '../../answer-verdicts.ts';
import { ackStatus } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const doesNotRedirect: ReceiverCase = {
  id: 'RCV-ACK-04',
  group: 'Acknowledgement',
  title: 'The receiver answers without a redirect',
  level: 'must',
  requirement: {
    general:
      'The receiver MUST answer at the registered URL: vendors do not follow redirects, and may treat a 2xx status other than the documented one as a failure.',
    of: (pack) =>
      `The receiver MUST answer at the registered URL with ${ackStatus(pack)}; redirects are not followed.`,
  },
  why: 'A redirect to https, or to a path with a trailing slash, works in a browser but loses every callback.',
  remedy: 'Register the URL that answers directly, or remove the redirect for it.',
  basis: [
    'acknowledgement',
    {
      derived:
        'Standard Webhooks, section "Delivery success and failure": a 3xx answer is a failed delivery.',
    },
  ],
  applies: ({ event }) =>
    isInWindows(event.delivery.ackStatus, 302) ? 'a redirect acknowledges callbacks of this vendor' : null,
  async run(context) {
    const attempt = await context.send(await context.task());
    return { stimulus: 'one success', ack: acknowledged(context.subject, attempt) };
  },
};
