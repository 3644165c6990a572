import { useEffect, useRef, useState } from 'preact/hooks';
import type { EntryChecks, JournalEntry } from '../admin-types.ts';
import { admin } from '../api.ts';
import { lanes, touched, version } from '../live.ts';
import { type Lane, stateOf, statusText } from '../model/lanes.ts';
import { timeOfDay } from '../model/time-of-day.ts';
import { closeTask } from '../route.ts';
import { Commands } from './commands.tsx';
import { Deliveries } from './deliveries.tsx';
import type { Details } from './details.ts';
import { Requests } from './requests.tsx';

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
      admin<JournalEntry[]>('GET', `journal?taskId=${path}`),
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
    ['Outcome', lane.endedAt === null ? 'pending' : lane.outcome],
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
          {lane.steps.map(({ state, at }, index) => {
            const change = lane.changes.find((one) => one.index === index);
            return (
              <tr key={index}>
                <th scope="row">{state}</th>
                <td>{timeOfDay(new Date(at).toISOString())}</td>
                <td>{change === undefined ? 'pending' : timeOfDay(new Date(change.at).toISOString())}</td>
              </tr>
            );
          })}
          {lane.mediaExpiresAt !== null && (
            <tr>
              <th scope="row">media expires</th>
              <td>{new Date(lane.mediaExpiresAt).toISOString().slice(0, 19).replace('T', ' ')}</td>
              <td />
            </tr>
          )}
        </tbody>
      </table>
    </section>
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
            {timeOfDay(entry.at)} {entry.name} → {statusText(entry.status)}
            {entry.whole ? ', complete' : ', incomplete'}
          </li>
        ))}
      </ul>
    </section>
  );
}
