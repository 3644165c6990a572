import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import type { ApiCall, Happening } from './evidence.ts';
import { oncePer } from './once-per.ts';

type Operation = Pack['operations'][number];
type Answered = Extract<JournalEntry, { readonly type: 'request.answered' }>;

/** The operations of a pack by id: a journal has tens of thousands of calls to a handful of them. */
const operationsOf = oncePer(
  ({ operations }: Pack): ReadonlyMap<string, Operation> =>
    // The first of an id counts.
    new Map(operations.toReversed().map((operation) => [operation.id, operation])),
);

export function operationOf(pack: Pack, id: string | null): Operation | null {
  return id === null ? null : (operationsOf(pack).get(id) ?? null);
}

/** Bodies are parsed when a case reads them: most of those in a journal are never read. */
export function readCall({ seq, atMs }: Happening, entry: Answered, pack: Pack): ApiCall {
  const operation = operationOf(pack, entry.operation);
  let body: { readonly value: unknown } | undefined;
  const readBody = (): unknown => {
    body ??= { value: readJson(entry.requestBody) };
    return body.value;
  };
  return {
    seq,
    atMs,
    entry,
    pack,
    operation,
    get body() {
      return readBody();
    },
    get answer() {
      return readJson(entry.answer);
    },
    askedId: operation?.type === 'poll' ? askedId(operation, entry, readBody) : null,
  };
}

function askedId(
  operation: Extract<Operation, { readonly type: 'poll' }>,
  { url, headers }: Answered,
  readBody: () => unknown,
): string | null {
  const { pathname, searchParams } = new URL(url, 'http://mock');
  const asked = operation.taskIdOf({
    query: (name) => searchParams.get(name) ?? undefined,
    header: (name) => [headers[name.toLowerCase()]].flat()[0],
    get pathParams() {
      return paramsIn(operation.path, pathname);
    },
    get body() {
      return readBody();
    },
  });
  return typeof asked === 'string' ? asked : null;
}

/** What stands in a path where the document's has parameters; the pack may be mounted below a prefix. */
export function pathParams(template: string, url: string): Record<string, string> {
  return paramsIn(template, new URL(url, 'http://mock').pathname);
}

interface PathShape {
  readonly names: readonly string[];
  readonly expression: RegExp;
}

/** By the path of an operation, of which there are as many as the packs have. */
const shapes = new Map<string, PathShape>();

function paramsIn(template: string, pathname: string): Record<string, string> {
  let shape = shapes.get(template);
  if (shape === undefined) {
    shape = shapeOf(template);
    shapes.set(template, shape);
  }
  const values = shape.expression.exec(pathname)?.slice(1) ?? [];
  return Object.fromEntries(shape.names.map((name, index) => [name, safelyDecoded(values[index] ?? '')]));
}

function shapeOf(template: string): PathShape {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parts = template.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^$()[\]\\|]/g, '\\$&'));
  return { names, expression: new RegExp(`${parts.join('([^/]+)')}$`) };
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
