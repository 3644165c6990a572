import { useState } from 'preact/hooks';
import type { Story } from '../../pages/story.ts';
import { LastAction, perform } from '../drive/actions.tsx';
import { Labeled } from '../labeled.tsx';
import { literal } from '../model/equivalents.ts';
import { noResend } from '../model/no-resend.ts';
import { packs } from '../packs.ts';

interface CommandsProps {
  readonly story: Story;
  /** Whether its outcome can no longer be changed. */
  readonly isOver: boolean;
}

/** Actions on a task: resending its callback, and forcing its outcome. */
export function Commands({ story, isOver }: CommandsProps) {
  const { taskId, pack } = story.plan;
  return (
    <div class="commands">
      <Resend taskId={taskId} reason={noResend(story)} />
      <ForceOutcome taskId={taskId} pack={pack} isOver={isOver} />
      <ResendDifferently taskId={taskId} />
      <LastAction taskId={taskId} />
    </div>
  );
}

interface ResendProps {
  readonly taskId: string;
  /** Why the callback cannot be sent again; empty when it can. */
  readonly reason: string;
}

interface ResendOptions {
  readonly to?: string;
  readonly forged?: true;
}

function resend(taskId: string, options?: ResendOptions): void {
  const given = options === undefined ? '' : `, ${JSON.stringify(options)}`;
  const library = `mock.tasks.redeliver(${literal(taskId)}${given});`;
  void perform('POST', `tasks/${encodeURIComponent(taskId)}/redeliver`, options, library);
}

function Resend({ taskId, reason }: ResendProps) {
  return (
    <>
      <button
        type="button"
        disabled={reason !== ''}
        aria-describedby={reason === '' ? undefined : 'no-resend'}
        onClick={() => resend(taskId)}
      >
        Resend callback
      </button>
      {reason !== '' && <small id="no-resend">{reason}</small>}
    </>
  );
}

/** Sends the callback to another URL, or a forged one. */
function ResendDifferently({ taskId }: { readonly taskId: string }) {
  const [to, setTo] = useState('');
  return (
    <details class="menu">
      <summary>Resend to another URL, or forged</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          resend(taskId, { to });
        }}
      >
        <Labeled label="Another URL">
          {(id) => (
            <input
              id={id}
              type="url"
              required
              value={to}
              placeholder="http://127.0.0.1:3000/callback"
              onInput={({ currentTarget }) => setTo(currentTarget.value)}
            />
          )}
        </Labeled>
        <button type="submit">Send there</button>
        <button
          type="button"
          title="It claims success with different media."
          onClick={() => resend(taskId, { forged: true })}
        >
          Send a forged one
        </button>
      </form>
    </details>
  );
}

interface ForceProps {
  readonly taskId: string;
  readonly pack: string;
  readonly isOver: boolean;
}

function ForceOutcome({ taskId, pack, isOver }: ForceProps) {
  const [outcome, setOutcome] = useState('success');
  const failures = packs.value.find(({ name }) => name === pack)?.scenarios ?? [];
  return (
    <>
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
        title={isOver ? 'The task has already ended.' : undefined}
        onClick={() =>
          perform(
            'POST',
            `tasks/${encodeURIComponent(taskId)}/amend`,
            { outcome },
            `mock.tasks.amend(${literal(taskId)}, ${literal(outcome)});`,
          )
        }
      >
        Force outcome
      </button>
    </>
  );
}
