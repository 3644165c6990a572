import type { AttemptEnded, AttemptStarted, EntryChecks } from '../admin-types.ts';
import { curlOf } from '../model/equivalents.ts';
import { differences, headerText, readable } from '../model/message-text.ts';
import { timeOfDay } from '../model/time-of-day.ts';
import type { Details } from './details.ts';
import { CopyButton, Message, Problems } from './message.tsx';

/** The callbacks of a task, each attempt compared with the previous one of its event. */
export function Deliveries({ details: { entries, checks } }: { readonly details: Details }) {
  const started = entries.filter((entry): entry is AttemptStarted => entry.type === 'attempt.started');
  const ended = entries.filter((entry): entry is AttemptEnded => entry.type === 'attempt.ended');
  const settled = entries.filter((entry) => entry.type === 'delivery.settled');
  if (started.length === 0) return null;
  return (
    <section>
      <h3>Callbacks</h3>
      {started.map((attempt, index) => {
        const end = ended.find(
          ({ deliveryId, attempt: { n } }) => deliveryId === attempt.deliveryId && n === attempt.n,
        );
        return (
          <AttemptView
            key={attempt.seq}
            attempt={attempt}
            end={end}
            before={started.slice(0, index).findLast(({ event }) => event === attempt.event)}
            problems={checks.find(({ seq }) => seq === attempt.seq)?.callback ?? []}
          />
        );
      })}
      {settled.map((entry) => (
        <p key={entry.seq}>
          {timeOfDay(entry.at)} delivery {'deliveryId' in entry ? entry.deliveryId : ''}{' '}
          <strong>{'status' in entry ? entry.status : ''}</strong>
        </p>
      ))}
    </section>
  );
}

interface AttemptProps {
  readonly attempt: AttemptStarted;
  readonly end: AttemptEnded | undefined;
  readonly before: AttemptStarted | undefined;
  readonly problems: EntryChecks['callback'];
}

function AttemptView({ attempt, end, before, problems }: AttemptProps) {
  const result = end?.attempt;
  const text =
    result === undefined
      ? 'in flight'
      : `${result.outcome}${result.status === null ? '' : `, HTTP ${result.status}`}, ${result.durationMs} ms`;
  return (
    <details>
      <summary>
        <span>{timeOfDay(attempt.at)}</span> {attempt.event} {attempt.deliveryId} attempt {attempt.n} → {text}
        {problems.length > 0 && <strong class="bad"> ✗ schema violation</strong>}
      </summary>
      <p>
        POST <code>{attempt.url}</code>
      </p>
      <CopyButton
        text={curlOf({ method: 'POST', url: attempt.url, headers: attempt.headers, body: attempt.body })}
        label="Copy as curl"
      />
      <Problems problems={problems} />
      {before === undefined ? (
        <Message title="Callback" text={attempt.body} problems={[]} head={headerText(attempt.headers)} />
      ) : (
        <>
          <Difference
            title="Headers, compared with the previous attempt"
            before={headerText(before.headers)}
            after={headerText(attempt.headers)}
          />
          <Difference
            title="Body, compared with the previous attempt"
            before={before.body}
            after={attempt.body}
          />
        </>
      )}
      {result !== undefined && (
        <>
          <h4>The receiver's answer</h4>
          {result.detail !== null && <p>{result.detail}</p>}
          <pre>{result.answer === '' ? '(empty)' : readable(result.answer)}</pre>
        </>
      )}
    </details>
  );
}

function Difference({
  title,
  before,
  after,
}: {
  readonly title: string;
  readonly before: string;
  readonly after: string;
}) {
  const lines = differences(before, after);
  return (
    <>
      <h4>{title}</h4>
      {lines === null ? (
        <p>Identical.</p>
      ) : (
        <pre class="diff">
          {lines.map(({ mark, text }, n) => (
            <span key={n} class={mark === '+' ? 'added' : mark === '-' ? 'removed' : ''}>
              {mark} {text}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
    </>
  );
}
