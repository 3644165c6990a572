import { useState } from 'preact/hooks';
import type { OperationFacts, PackFacts } from '../admin-types.ts';
import { ORIGIN } from '../api.ts';
import { Labeled } from '../labeled.tsx';
import { curlOf, fetchOf } from '../model/equivalents.ts';
import { bodyOf, type Field, fieldsOf } from '../model/form.ts';
import { lastAction } from './actions.tsx';
import { packs } from './packs.ts';

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
    <section class="card">
      <h2>Submit a task</h2>
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
    </section>
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
  const sink =
    operation.callbackUrlAt === null ? {} : { [operation.callbackUrlAt.slice(1)]: `${ORIGIN}/__sink?fail=1` };
  const [values, setValues] = useState<Readonly<Record<string, string>>>(sink);
  const [scenario, setScenario] = useState('success');
  const [key, setKey] = useState('console');
  const [result, setResult] = useState<{ readonly text: string; readonly isBad: boolean }>({
    text: '',
    isBad: false,
  });
  const set = (name: string, value: string): void => setValues({ ...values, [name]: value });

  async function submit(): Promise<void> {
    try {
      const body = JSON.stringify(bodyOf(fields, values, schema));
      const [base = ''] = pack.bases;
      const path = operation.path.replace(/\{\+?(\w+)\}/g, (_all, name: string) =>
        encodeURIComponent(values[`{${name}}`] ?? 'any'),
      );
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...operation.headers,
        ...(scenario === 'success' ? {} : { 'x-mock-scenario': scenario }),
      };
      const call = { method: operation.method, url: ORIGIN + base + path, headers, body };
      lastAction.value = { curl: curlOf(call), library: fetchOf(call, ORIGIN), problem: '' };
      const response = await fetch(call.url, { method: call.method, headers, body });
      setResult({
        text: `HTTP ${response.status} ${(await response.text()).slice(0, 300)}`,
        isBad: !response.ok,
      });
    } catch (error) {
      setResult({ text: (error as Error).message, isBad: true });
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {names.map((name) => (
        <label key={name}>
          {name} (path parameter)
          <input
            value={values[`{${name}}`] ?? ''}
            placeholder="any"
            onInput={({ currentTarget }) => set(`{${name}}`, currentTarget.value)}
          />
        </label>
      ))}
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name] ?? field.value}
          onChange={(value) => set(field.name, value)}
        />
      ))}
      <label>
        Key
        <input value={key} required onInput={({ currentTarget }) => setKey(currentTarget.value)} />
      </label>
      <ScenarioChoice pack={pack} value={scenario} onChange={setScenario} />
      <button type="submit" class="primary">
        Submit
      </button>
      <output class={result.isBad ? 'bad' : ''}>{result.text}</output>
    </form>
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

interface ScenarioProps {
  readonly pack: PackFacts;
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** A list of scenarios with their summaries. */
export function ScenarioChoice({ pack, value, onChange }: ScenarioProps) {
  const chosen = pack.scenarios.find(({ name }) => name === value);
  return (
    <Labeled label="Scenario" isWide>
      {(id) => (
        <>
          <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
            {pack.scenarios.map(({ name, summary }) => (
              <option key={name} value={name}>
                {name}: {summary}
              </option>
            ))}
          </select>
          <small>{chosen?.summary ?? ''}</small>
        </>
      )}
    </Labeled>
  );
}
