import { compile, type JSONSchema } from 'json-schema-to-typescript';
import type { Pack } from '../../mock-server/index.ts';

const HEAD = `/* Generated from the packs' documents by "npm run types:payloads"; a test checks that it is up to date. */

/* biome-ignore-all format: generated */
`;

/** Generates the TypeScript types of every event's callback. */
export async function generateCallbackTypes(packs: readonly Pack[]): Promise<string> {
  const parts: string[] = [];
  const names: string[] = [];
  for (const pack of packs) {
    for (const [name] of pack.events) {
      const type = `${pascal(name)}Callback`;
      names.push(`  readonly '${name}': ${type};`);
      parts.push(await typeOf(pack, name, type));
    }
  }
  const map = `/** Bodies of callbacks, by event. */\nexport interface CallbackPayloads {\n${names.join('\n')}\n}\n`;
  return `${HEAD}${parts.join('\n')}\n${map}`;
}

async function typeOf({ document, operations, events }: Pack, name: string, type: string): Promise<string> {
  const sender = operations.find((one) => one.type === 'submit' && one.event?.name === name);
  const callback = events.get(name)?.callback ?? '';
  const path = document.paths?.[sender?.path ?? '']?.[sender?.method.toLowerCase() as 'post'];
  const declared = inside(document, path?.callbacks?.[callback]) as Record<string, object> | undefined;
  const [item] = Object.values(declared ?? {}) as { post?: { requestBody?: object } }[];
  const body = inside(document, item?.post?.requestBody) as
    | { readonly content: Readonly<Record<string, { readonly schema: JSONSchema }>> }
    | undefined;
  const schema = body?.content['application/json']?.schema;
  if (schema === undefined) throw new Error(`the OpenAPI document describes no callback "${name}"`);
  const root = { ...(inlined(document, schema) as object), title: type } as JSONSchema;
  const text = await compile(root, type, {
    bannerComment: '',
    additionalProperties: false,
    style: { singleQuote: true, printWidth: 110 },
  });
  return text;
}

/** Resolves references inline, because each event names the shared schemas itself. */
function inlined(document: object, node: unknown, depth = 0): unknown {
  if (depth > 40) throw new Error('a schema refers to itself');
  const found = inside(document, node);
  if (Array.isArray(found)) return found.map((item) => inlined(document, item, depth + 1));
  if (typeof found !== 'object' || found === null) return found;
  const entries = Object.entries(found).filter(
    ([key]) => !['title', 'examples', 'example', '$id'].includes(key),
  );
  return Object.fromEntries(entries.map(([key, value]) => [key, inlined(document, value, depth + 1)]));
}

function inside(document: object, node: unknown): unknown {
  const reference = (node as { readonly $ref?: unknown } | undefined)?.$ref;
  if (typeof reference !== 'string') return node;
  const { $ref: _ref, ...siblings } = node as { $ref: string };
  const target = reference
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
  return { ...(inside(document, target) as object), ...siblings };
}

function pascal(name: string): string {
  // The generator of types also begins a word after a digit.
  return name.replaceAll(/(^|[.-]|(?<=\d))(\w)/g, (_all, _mark, letter: string) => letter.toUpperCase());
}
