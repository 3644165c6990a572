import type { Command } from 'commander';
import { type Setting, settingsOf } from '../../cli/setting.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Returns `spec/config.schema.json`, which editors use for configuration files, generated from the options. */
export function configSchema(program: Command): string {
  const forms = new Map<string, Map<string, Schema>>();
  for (const setting of settingsOf(program)) {
    if (setting.name() === 'config') continue;
    const key = setting.attributeName();
    const known = forms.get(key) ?? new Map<string, Schema>();
    const form = formOf(setting);
    forms.set(key, known.set(JSON.stringify(form), form));
  }
  const properties = [...forms].map(([key, own]) => [key, merged([...own.values()])] as const);
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of Stunt Double',
    description:
      'Options of all commands. Each command uses its own. Flags and environment variables take precedence.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties.sort(([one], [other]) => (one < other ? -1 : 1))),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Two commands may describe one key in different words. */
function merged(forms: readonly Schema[]): Schema {
  const [form = {}, ...others] = forms;
  return others.length === 0 ? form : { anyOf: forms };
}

function formOf(setting: Setting): Schema {
  const description = setting.negate
    ? `false: ${setting.description}`
    : setting.description.replace(/ \(default: .*\)$/, '');
  if (setting.isSwitch) return { description, type: 'boolean' };
  const one = setting.schema;
  if (setting.isList) return { description, anyOf: [one, { type: 'array', minItems: 1, items: one }] };
  return setting.optional ? { description, anyOf: [one, { type: 'boolean' }] } : { description, ...one };
}
