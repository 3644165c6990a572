import { useEffect, useState } from 'preact/hooks';
import type { QueuedScenario } from '../admin-types.ts';
import { admin } from '../api.ts';
import { Labeled } from '../labeled.tsx';
import { instance, onEveryEntry } from '../live.ts';
import { literal } from '../model/equivalents.ts';
import { packs } from '../packs.ts';
import { LastAction, perform } from './actions.tsx';
import { ScenarioInput } from './scenario-input.tsx';

/** Queues scenarios for the next submissions, and shows the queue. */
export function QueueForm() {
  const [scenario, setScenario] = useState('success');
  const [times, setTimes] = useState('1');
  const [key, setKey] = useState('');
  const options = `{ times: ${Number(times)}${key === '' ? '' : `, apiKey: ${literal(key)}`} }`;
  function enqueue(): void {
    const body = { scenario, times: Number(times), ...(key === '' ? {} : { apiKey: key }) };
    void perform('POST', 'scenarios', body, `mock.scenarios.enqueue(${literal(scenario)}, ${options});`);
  }
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enqueue();
        }}
      >
        <ScenarioInput scenarios={everyScenario()} value={scenario} onChange={setScenario} />
        <Labeled label="Submissions">
          {(id) => (
            <input
              id={id}
              type="number"
              min="1"
              value={times}
              onInput={({ currentTarget }) => setTimes(currentTarget.value)}
            />
          )}
        </Labeled>
        <Labeled label="Key">
          {(id) => (
            <input
              id={id}
              value={key}
              placeholder="any"
              onInput={({ currentTarget }) => setKey(currentTarget.value)}
            />
          )}
        </Labeled>
        <button type="submit" class="primary">
          Queue
        </button>
      </form>
      <Queue />
      <LastAction />
    </>
  );
}

function Queue() {
  const queue = useQueue();
  if (queue.length === 0) return <p>The queue is empty.</p>;
  return (
    <>
      <ol>
        {queue.map(({ scenario, times, account }, index) => (
          <li key={index}>
            <code>{scenario}</code>, {times === 1 ? 'once' : `${times} times`}, {account ?? 'any key'}
          </li>
        ))}
      </ol>
      <button
        type="button"
        onClick={() => void perform('DELETE', 'scenarios', undefined, 'mock.scenarios.clear();')}
      >
        Clear the queue
      </button>
    </>
  );
}

/** Returns the queue. It is loaded again when an entry says that it changed, and never twice at once. */
function useQueue(): readonly QueuedScenario[] {
  const [queue, setQueue] = useState<readonly QueuedScenario[]>([]);
  const run = instance.value;
  useEffect(() => {
    let isLoading = false;
    let isStale = false;
    let isOver = false;
    async function load(): Promise<void> {
      isStale = isLoading;
      if (isLoading) return;
      isLoading = true;
      const loaded = await admin<QueuedScenario[]>('GET', 'scenarios').catch(() => null);
      isLoading = false;
      if (isOver) return;
      if (loaded !== null) setQueue(loaded);
      if (isStale) void load();
    }
    void load();
    const unsubscribe = onEveryEntry(({ type }) => {
      if (type.startsWith('scenario.') || type === 'server.reset') void load();
    });
    return () => {
      isOver = true;
      unsubscribe();
    };
  }, [run]);
  return queue;
}

/** Returns the scenarios of all packs as one list. */
function everyScenario() {
  return [
    ...new Map(packs.value.flatMap(({ scenarios }) => scenarios).map((one) => [one.name, one])).values(),
  ];
}
