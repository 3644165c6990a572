import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './package-root.ts';

let order: readonly string[] | undefined;

/** Sorts the built-in packs as the documentation lists them, which starts with the most used. Other packs follow. */
export function inDocumentedOrder<Named extends { readonly name: string }>(packs: readonly Named[]): Named[] {
  order ??= JSON.parse(readFileSync(join(PACKAGE_ROOT, 'spec/pack-order.json'), 'utf8')) as readonly string[];
  const names = order;
  const rank = ({ name }: Named): number => {
    const index = names.indexOf(name);
    return index < 0 ? names.length : index;
  };
  return [...packs].sort((a, b) => rank(a) - rank(b));
}
