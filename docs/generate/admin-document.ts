import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Schema } from './json-schema.ts';
import { ROOT } from './root.ts';

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Content {
  readonly schema?: Schema;
  readonly examples?: Readonly<Record<string, { readonly summary?: string; readonly value?: unknown }>>;
}

export interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, Content>>;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface AdminDocument {
  readonly introduction: string;
  readonly tags: readonly string[];
  readonly calls: readonly Call[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

type Raw = Readonly<Record<string, unknown>>;

/** Reads `spec/admin.openapi.yaml`, and resolves its references except those to schemas. */
export function readAdminDocument(): AdminDocument {
  const raw = parse(readFileSync(join(ROOT, 'spec/admin.openapi.yaml'), 'utf8')) as {
    readonly info: { readonly description: string };
    readonly tags: readonly { readonly name: string }[];
    readonly paths: Readonly<Record<string, Raw>>;
    readonly components: Readonly<Record<string, Raw>>;
  };
  const deref = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(deref);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref } = value as { readonly $ref?: unknown };
    if (typeof $ref === 'string' && !$ref.startsWith('#/components/schemas/')) {
      const [kind = '', name = ''] = $ref.split('/').slice(2);
      return deref(raw.components[kind]?.[name]);
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deref(inner)]));
  };
  const calls = Object.entries(raw.paths).flatMap(([path, { parameters: shared = [], ...methods }]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { parameters: own = [], ...rest } = deref(operation) as Call;
      return {
        ...rest,
        method: method.toUpperCase(),
        path,
        parameters: [...(deref(shared) as Parameter[]), ...own],
      };
    }),
  );
  return {
    introduction: raw.info.description,
    tags: raw.tags.map(({ name }) => name),
    calls,
    schemas: raw.components.schemas as Readonly<Record<string, Schema>>,
  };
}
