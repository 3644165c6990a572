import type { Pack } from './pack.ts';

const known = new WeakMap<Pack, ReadonlySet<string>>();
const prepared = new WeakMap<Pack, () => ReadonlySet<string> | null>();

/**
 * Returns the words in a vendor's document: names of fields, of models and other fixed values, and parts of paths.
 * A key that is one of these words is a dummy, so it is not redacted as a secret.
 */
export function vocabularyOf(pack: Pack): ReadonlySet<string> {
  const words = known.get(pack) ?? prepared.get(pack)?.() ?? collect(pack);
  known.set(pack, words);
  return words;
}

/**
 * Lets a pack have the words that the build has collected, so that it need not be compiled for them.
 * @param read returns null when the words are not available
 */
export function prepareVocabulary(pack: Pack, read: () => ReadonlySet<string> | null): void {
  prepared.set(pack, read);
}

function collect({ name, document, events, operations }: Pack): ReadonlySet<string> {
  const words = new Set<string>([name, ...events.keys(), ...operations.map(({ id }) => id)]);
  for (const { path } of operations) for (const part of path.split('/')) words.add(part);
  const seen = new Set<object>();
  const waiting: unknown[] = [document];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (!Array.isArray(value)) addWords(value, words);
    waiting.push(...Object.values(value).filter((inner) => typeof inner === 'object'));
  }
  return words;
}

function addWords(schema: object, words: Set<string>): void {
  for (const key of Object.keys(schema)) words.add(key);
  const { enum: values = [], const: value } = schema as { enum?: unknown; const?: unknown };
  for (const word of Array.isArray(values) ? [...values, value] : [value]) {
    if (typeof word === 'string') words.add(word);
  }
}
