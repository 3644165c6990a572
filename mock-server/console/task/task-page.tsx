import { useEffect, useRef, useState } from 'preact/hooks';
import type { AttemptEnded, AttemptStarted, Entry, EntryChecks, RequestAnswered } from '../admin-types.ts';
import { admin, ORIGIN } from '../api.ts';
import { LastAction, perform } from '../drive/actions.tsx';
import { packs } from '../drive/packs.ts';
import { Labeled } from '../labeled.tsx';
import { lanes, touched, version } from '../live.ts';
import { curlOf, literal } from '../model/equivalents.ts';
import { type Lane, stateOf, statusText } from '../model/lanes.ts';
import { differences, headerText, readable } from '../model/message-text.ts';
import { closeTask } from '../route.ts';
import { CopyButton, Message, Problems } from './message.tsx';

interface Details {
  readonly entries: readonly Entry[];
  readonly checks: readonly EntryChecks[];
}

/** One task: its plan, its states, requests, callbacks and downloads. */
export function TaskPage({ taskId }: { readonly taskId: string }) {
  const [details, setDetails] = useState<Details | null>(null);
  const [problem, setProblem] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const leave = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') closeTask();
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);
  const seq = touched.value.taskId === taskId ? touched.value.seq : 0;
  useEffect(() => {
    let isCurrent = true;
    const path = encodeURIComponent(taskId);
    Promise.all([
      admin<Entry[]>('GET', `journal?taskId=${path}`),
      admin<EntryChecks[]>('GET', `tasks/${path}/checks`).catch(() => []),
    ])
      .then(([entries, checks]) => isCurrent && setDetails({ entries, checks }))
      .catch((error: Error) => isCurrent && setProblem(error.message));
    return () => {
      isCurrent = false;
    };
  }, [taskId, seq]);
  const _version = version.value;
  const lane = lanes.byId.get(taskId);
  return (
    <aside class="task" aria-label={`Task ${taskId}`}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          Task <code>{taskId}</code>
        </h2>
        <button type="button" onClick={closeTask}>
          Close
        </button>
      </header>
      {problem !== '' && <p role="alert">{problem}</p>}
      {lane === undefined ? (
        <p>This task does not exist, or it was removed from memory.</p>
      ) : (
        <>
          <Summary lane={lane} />
          <Commands lane={lane} />
          <PlanTable lane={lane} />
          {details !== null && <Requests details={details} />}
          {details !== null && <Deliveries details={details} />}
          {details !== null && <Downloads details={details} />}
        </>
      )}
    </aside>
  );
}

function Summary({ lane }: { readonly lane: Lane }) {
  const facts: readonly (readonly [string, string])[] = [
    ['State', stateOf(lane)],
    ['Outcome', lane.ended === null ? 'pending' : outcomeOf(lane)],
    ['Scenario', lane.scenario],
    ['Pack', `${lane.pack}, ${lane.kind}`],
    ['Key', lane.account],
  ];
  return (
    <dl class="facts-list">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function outcomeOf({ plan: { outcome } }: Lane): string {
  return outcome.type === 'failure' ? `fail.${outcome.slug}` : outcome.type;
}

function Commands({ lane }: { readonly lane: Lane }) {
  const [outcome, setOutcome] = useState('success');
  const failures = packs.value.find(({ name }) => name === lane.pack)?.scenarios ?? [];
  const path = `tasks/${encodeURIComponent(lane.id)}`;
  return (
    <div class="commands">
      <button
        type="button"
        onClick={() =>
          perform('POST', `${path}/redeliver`, undefined, `mock.tasks.redeliver(${literal(lane.id)});`)
        }
      >
        Resend callback
      </button>
      <Labeled label="New outcome">
        {(id) => (
          <select id={id} value={outcome} onChange={({ currentTarget }) => setOutcome(currentTarget.value)}>
            <option value="success">success</option>
            {failures
              .filter(({ name }) => name.startsWith('fail.'))
              .map(({ name, summary }) => (
                <option key={name} value={name} title={summary}>
                  {name}
                </option>
              ))}
          </select>
        )}
      </Labeled>
      <button
        type="button"
        disabled={lane.ended !== null}
        onClick={() =>
          perform(
            'POST',
            `${path}/amend`,
            { outcome },
            `mock.tasks.amend(${literal(lane.id)}, ${literal(outcome)});`,
          )
        }
      >
        Force outcome
      </button>
      <LastAction />
    </div>
  );
}

function PlanTable({ lane }: { readonly lane: Lane }) {
  return (
    <section>
      <h3>Plan and progress</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">Planned</th>
            <th scope="col">Actual</th>
          </tr>
        </thead>
        <tbody>
          {lane.plan.steps.map(({ state, at }, index) => {
            const change = lane.changes.find((one) => one.index === index);
            return (
              <tr key={index}>
                <th scope="row">{state}</th>
                <td>{time(at)}</td>
                <td>{change === undefined ? 'pending' : time(new Date(change.at).toISOString())}</td>
              </tr>
            );
          })}
          {lane.plan.mediaExpiresAt !== null && (
            <tr>
              <th scope="row">media expires</th>
              <td>{lane.plan.mediaExpiresAt.slice(0, 19).replace('T', ' ')}</td>
              <td />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

function time(iso: string): string {
  return iso.slice(11, 23);
}

function Requests({ details: { entries, checks } }: { readonly details: Details }) {
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
              <span>{time(entry.at)}</span> {entry.method} {entry.url.split('?')[0]} →{' '}
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

function Deliveries({ details: { entries, checks } }: { readonly details: Details }) {
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
          {time(entry.at)} delivery {'deliveryId' in entry ? entry.deliveryId : ''}{' '}
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
        <span>{time(attempt.at)}</span> {attempt.event} {attempt.deliveryId} attempt {attempt.n} → {text}
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

function Downloads({ details: { entries } }: { readonly details: Details }) {
  const served = entries.filter((entry) => entry.type === 'media.served');
  if (served.length === 0) return null;
  return (
    <section>
      <h3>Media downloads</h3>
      <ul>
        {served.map((entry) => (
          <li key={entry.seq}>
            {time(entry.at)} {entry.name} → {statusText(entry.status)}
            {entry.whole ? ', complete' : ', incomplete'}
          </li>
        ))}
      </ul>
    </section>
  );
}
