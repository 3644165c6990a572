import { useState } from 'preact/hooks';
import { LastAction, perform } from '../drive/actions.tsx';
import { packs } from '../drive/packs.ts';
import { Labeled } from '../labeled.tsx';
import { literal } from '../model/equivalents.ts';

interface CommandsProps {
  readonly taskId: string;
  readonly pack: string;
  /** Whether its outcome can no longer be changed. */
  readonly isOver: boolean;
}

/** What can be done with a task: resend its callback, force its outcome. */
export function Commands({ taskId, pack, isOver }: CommandsProps) {
  const [outcome, setOutcome] = useState('success');
  const failures = packs.value.find(({ name }) => name === pack)?.scenarios ?? [];
  const path = `tasks/${encodeURIComponent(taskId)}`;
  return (
    <div class="commands">
      <button
        type="button"
        onClick={() =>
          perform('POST', `${path}/redeliver`, undefined, `mock.tasks.redeliver(${literal(taskId)});`)
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
        disabled={isOver}
        onClick={() =>
          perform(
            'POST',
            `${path}/amend`,
            { outcome },
            `mock.tasks.amend(${literal(taskId)}, ${literal(outcome)});`,
          )
        }
      >
        Force outcome
      </button>
      <LastAction />
    </div>
  );
}
