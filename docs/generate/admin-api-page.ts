import { type Answer, type Call, readAdminDocument } from './admin-document.ts';
import { journalSchemas } from './journal-page.ts';
import { type LinkTo, propertyTable, type Schema, typeText } from './json-schema.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

/** Returns `docs/reference/admin-api.md`, generated from `spec/admin.openapi.yaml`. */
export function adminApiPage(): string {
  const { introduction, tags, calls, schemas } = readAdminDocument();
  const elsewhere = new Set(journalSchemas(schemas).map(({ name }) => name));
  const shown = Object.entries(schemas).filter(([name]) => !elsewhere.has(name));
  const link: LinkTo = (ref) => linkTo(ref, elsewhere);
  return textOf([
    ...pageOf(
      'Admin API',
      [
        'The calls under `/__admin` on the port of the mock. The running mock serves the OpenAPI document at',
        '`/__admin/openapi.json`; its source is [`spec/admin.openapi.yaml`](../../spec/admin.openapi.yaml).',
      ],
      'that document',
    ),
    introduction.replaceAll('```sh', '```text').trim(),
    '',
    '## Calls',
    '',
    ...table(
      ['call', 'what it does'],
      calls.map((call) => [`[${nameOf(call)}](#${anchorOf(call)})`, call.summary]),
    ),
    ...tags.flatMap((tag) =>
      calls.filter(({ tags: [own] }) => own === tag).flatMap((call) => section(call, link)),
    ),
    '## Schemas',
    '',
    ...shown.flatMap(([name, schema]) => schemaSection(name, schema, link)),
  ]);
}

function linkTo(ref: string, elsewhere: ReadonlySet<string>): string {
  const name = ref.split('/').at(-1) ?? '';
  return `[${name}](${elsewhere.has(name) ? 'journal.md' : ''}#${name.toLowerCase()})`;
}

function nameOf({ method, path }: Call): string {
  return code(`${method} ${path}`);
}

function anchorOf({ operationId }: Call): string {
  return operationId;
}

function section(call: Call, link: LinkTo): string[] {
  const { summary, description = '', parameters, requestBody, responses, operationId } = call;
  return [
    `<a id="${operationId}"></a>`,
    '',
    `### ${nameOf(call)}`,
    '',
    summary,
    '',
    ...(description === '' ? [] : [description.trim(), '']),
    ...table(
      ['parameter', 'in', 'type', 'required', 'meaning'],
      parameters.map(({ name, in: place, schema, required, description: meaning = '' }) => [
        code(name),
        place,
        typeText(schema, link),
        required === true ? 'yes' : '',
        meaning,
      ]),
    ),
    ...Object.values(requestBody?.content ?? {}).flatMap(({ schema, examples = {} }) => [
      `Request body: ${schema === undefined ? 'any' : typeText(schema, link)}`,
      '',
      ...Object.values(examples).flatMap(({ value, summary: text }) => [
        `- ${code(JSON.stringify(value))}${text === undefined ? '' : ` ${text}`}`,
      ]),
      '',
    ]),
    ...table(
      ['status', 'answer', 'body'],
      Object.entries(responses).map(([status, answer]) => [status, answer.description, bodyOf(answer, link)]),
    ),
  ];
}

function bodyOf({ content = {} }: Answer, link: LinkTo): string {
  return Object.entries(content)
    .map(([type, { schema }]) =>
      schema === undefined || type === 'text/plain' ? code(type) : typeText(schema, link),
    )
    .join(', ');
}

function schemaSection(name: string, schema: Schema, link: LinkTo): string[] {
  const properties = propertyTable(schema, link);
  const parents = (schema.allOf ?? []).map((one) => typeText(one, link));
  return [
    `### ${name}`,
    '',
    ...(schema.description === undefined ? [] : [schema.description, '']),
    ...(parents.length === 0 ? [] : [`Has the keys of ${parents.join(' and ')}.`, '']),
    ...(properties.length > 0 ? properties : [`Type: ${typeText(schema, link)}`, '']),
  ];
}
