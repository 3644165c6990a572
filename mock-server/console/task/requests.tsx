import type { RequestAnswered } from '../admin-types.ts';
import { ORIGIN } from '../api.ts';
import { curlOf } from '../model/equivalents.ts';
import { statusText } from '../model/lanes.ts';
import { headerText } from '../model/message-text.ts';
import { timeOfDay } from '../model/time-of-day.ts';
import type { Details } from './details.ts';
import { CopyButton, Message } from './message.tsx';

/** The requests about a task, with their answers. */
export function Requests({ details: { entries, checks } }: { readonly details: Details }) {
  const requests = entries.filter((entry): entry is RequestAnswered => entry.type === 'request.answered');
  return (
    <section>
      <h3>Requests and answers ({requests.length})</h3>
      {requests.map((entry) => {
        const found = checks.find(({ seq }) => seq === entry.seq);
        const bad = (found?.request.length ?? 0) + (found?.answer.length ?? 0) > 0;
        return (
          <details key={entry.seq}>
            <summary>
              <span>{timeOfDay(entry.at)}</span> {entry.method} {entry.url.split('?')[0]} →{' '}
              {statusText(entry.status)}
              {entry.error === null ? '' : `, code ${entry.error}`} {entry.state ?? ''}
              {bad && <strong class="bad"> ✗ schema violation</strong>}
            </summary>
            <CopyButton text={curlFor(entry)} label="Copy as curl" />
            <Message
              title="Request"
              text={entry.requestBody}
              problems={found?.request ?? []}
              head={headerText(entry.headers)}
            />
            <Message
              title={`Answer after ${entry.durationMs} ms`}
              text={entry.answer}
              problems={found?.answer ?? []}
            />
          </details>
        );
      })}
    </section>
  );
}

function curlFor({ method, url, headers, requestBody }: RequestAnswered): string {
  const kept = ['authorization', 'content-type'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value.replace('[bearer key]', '$KEY')] as const] : [];
  });
  return curlOf({
    method,
    url: ORIGIN + url,
    headers: Object.fromEntries(kept),
    ...(requestBody === '' ? {} : { body: requestBody }),
  });
}
