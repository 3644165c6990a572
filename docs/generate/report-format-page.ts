import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkTo, propertyTable, type Schema } from './json-schema.ts';
import { pageOf, textOf } from './markdown.ts';
import { ROOT } from './root.ts';

/** Returns `docs/reference/report-format.md`, generated from `spec/report.schema.json`. */
export function reportFormatPage(): string {
  const schema = JSON.parse(readFileSync(join(ROOT, 'spec/report.schema.json'), 'utf8')) as Schema & {
    readonly $defs: Readonly<Record<string, Schema>>;
  };
  const link: LinkTo = (ref) => {
    const name = ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  };
  return textOf([
    ...pageOf(
      'JSON report',
      [
        'The output of `--report json=FILE`. [Reports](../reports.md) describes the other formats, where reports are written,',
        'and the meaning of conclusions.',
      ],
      '[`spec/report.schema.json`](../../spec/report.schema.json)',
    ),
    '## Top level',
    '',
    ...propertyTable(schema, link),
    ...Object.entries(schema.$defs).flatMap(([name, one]) => {
      const properties = propertyTable(one, link);
      return [
        `## ${name}`,
        '',
        ...(one.description === undefined ? [] : [one.description, '']),
        ...(properties.length > 0
          ? properties
          : [`Type: ${one.enum?.map((value) => `\`${value}\``).join(', ') ?? one.type}`, '']),
      ];
    }),
  ]);
}
