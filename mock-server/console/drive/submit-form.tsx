import { useState } from 'preact/hooks';
import { submissionOf } from '../../pages/scenes.ts';
import { PLAIN_SINK, sinkUrl } from '../../pages/sink-settings.ts';
import type { OperationFacts, PackFacts } from '../admin-types.ts';
import { ORIGIN } from '../api.ts';
import { Labeled } from '../labeled.tsx';
import type { ActionProblem } from '../model/action-log.ts';
import { bodyOf, type Field, fieldsOf } from '../model/form.ts';
import { packs } from '../packs.ts';
import { openTask } from '../route.ts';
import { type ClientAnswer, LastAction, ProblemText, sendAsClient } from './actions.tsx';
import { findTask } from './find-task.ts';
import { ScenarioInput } from './scenario-input.tsx';
import { SinkEditor } from './sink-editor.tsx';

/** A form, generated from the schema of a pack, that submits a task as a client does. */
export function SubmitForm() {
  const choices = packs.value.flatMap((pack) =>
    pack.operations
      // Calls without a body continue a task by its id, and have nothing to fill in.
      .filter(({ does, request }) => does === 'submit' && request !== null)
      .map((operation) => ({ pack, operation })),
  );
  const [chosen, choose] = useState(0);
  const choice = choices[chosen];
  return (
    <>
      <Labeled label="Operation">
        {(id) => (
          <select
            id={id}
            value={chosen}
            onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
          >
            {choices.map(({ pack, operation }, index) => (
              <option key={`${pack.name}/${operation.id}`} value={index}>
                {pack.name}: {operation.summary}
              </option>
            ))}
          </select>
        )}
      </Labeled>
      {choice !== undefined && <OperationForm key={chosen} {...choice} />}
      <LastAction />
    </>
  );
}

interface OperationProps {
  readonly pack: PackFacts;
  readonly operation: OperationFacts;
}

function OperationForm({ pack, operation }: OperationProps) {
  const schema = operation.request ?? {};
  const fields = fieldsOf(schema, operation.example, operation.promptAt);
  const names = [...operation.path.matchAll(/\{\+?(\w+)\}/g)].map(([, name = '']) => name);
  const callsBack = operation.callbackUrlAt !== null || operation.callbackUrlIn !== null;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [receiver, setReceiver] = useState(sinkUrl(ORIGIN, { ...PLAIN_SINK, failures: 1 }));
  const [scenario, setScenario] = useState('success');
  const [key, setKey] = useState('console');
  const [answer, setAnswer] = useState<ClientAnswer | null>(null);
  const [problem, setProblem] = useState<ActionProblem | null>(null);
  const set = (name: string, value: string): void => setValues({ ...values, [name]: value });
  // The editor of the receiver has its place.
  const shown = fields.filter(({ name }) => `/${name}` !== operation.callbackUrlAt);

  async function submit(): Promise<void> {
    setAnswer(null);
    setProblem(null);
    let body: object;
    try {
      body = bodyOf(shown, values, schema);
    } catch (error) {
      setProblem({ kind: 'refused', message: `${(error as Error).message}.`, remedy: '' });
      return;
    }
    const call = submissionOf(pack, operation, ORIGIN, {
      body,
      scenario,
      key,
      callbackUrl: callsBack && receiver !== '' ? receiver : null,
      parameters: new Map(names.flatMap((name) => [[name, values[`{${name}}`] ?? 'any']])),
    });
    setAnswer(await sendAsClient(call, `Submit: ${pack.name} ${operation.id}`, findTask));
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {names.map((name) => (
        <Labeled key={name} label={`${name} (path parameter)`}>
          {(id) => (
            <input
              id={id}
              value={values[`{${name}}`] ?? ''}
              placeholder="any"
              onInput={({ currentTarget }) => set(`{${name}}`, currentTarget.value)}
            />
          )}
        </Labeled>
      ))}
      {shown.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name] ?? field.value}
          onChange={(value) => set(field.name, value)}
        />
      ))}
      {callsBack && <SinkEditor url={receiver} onChange={setReceiver} />}
      <ScenarioInput scenarios={pack.scenarios} value={scenario} onChange={setScenario} />
      <Labeled label="Key">
        {(id) => (
          <input id={id} value={key} required onInput={({ currentTarget }) => setKey(currentTarget.value)} />
        )}
      </Labeled>
      <button type="submit" class="primary">
        Submit
      </button>
      {problem !== null && <ProblemText problem={problem} />}
      <Answer answer={answer} />
    </form>
  );
}

/** The answer to the submission, with a link to its task. Refusals are shown as problems of the last action. */
function Answer({ answer }: { readonly answer: ClientAnswer | null }) {
  if (answer === null || answer.status >= 400) return null;
  const { status, text, taskId } = answer;
  return (
    <output>
      HTTP {status} <code>{text.slice(0, 300)}</code>
      {taskId !== null && (
        <button type="button" onClick={() => openTask(taskId)}>
          Open task {taskId.slice(0, 8)}
        </button>
      )}
    </output>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function FieldInput({ field, value, onChange }: FieldProps) {
  const id = `field-${field.name}`;
  return (
    <div
      class={field.kind === 'long-text' || field.kind === 'json' ? 'field wide' : 'field'}
      title={field.description}
    >
      <label for={id}>
        {field.name}
        {field.isRequired ? ' (required)' : ''}
      </label>
      <Control id={id} field={field} value={value} onChange={onChange} />
    </div>
  );
}

function Control({ id, field: { kind, choices }, value, onChange }: FieldProps & { readonly id: string }) {
  const change = ({ currentTarget }: { readonly currentTarget: { readonly value: string } }): void =>
    onChange(currentTarget.value);
  switch (kind) {
    case 'choice':
    case 'yes-no':
      return (
        <select id={id} value={value} onChange={change}>
          <option value="">(omit)</option>
          {(kind === 'yes-no' ? ['true', 'false'] : choices).map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      );
    case 'long-text':
    case 'json':
      return <textarea id={id} value={value} rows={kind === 'json' ? 3 : 2} onInput={change} />;
    default:
      return (
        <input id={id} value={value} inputMode={kind === 'number' ? 'decimal' : 'text'} onInput={change} />
      );
  }
}
