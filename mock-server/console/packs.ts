import { signal } from '@preact/signals';
import type { DeliveryRules, PackFacts } from './admin-types.ts';
import { admin } from './api.ts';

/** The packs of the mock; empty until they are loaded. */
export const packs = signal<readonly PackFacts[]>([]);

/** Loads the packs again, because another mock may serve others. */
export async function loadPacks(): Promise<void> {
  packs.value = await admin<PackFacts[]>('GET', 'packs');
}

/** Returns the delivery rules of an event; undefined until the packs are loaded. */
export function rulesOf(pack: string, event: string): DeliveryRules | undefined {
  return packs.value.find(({ name }) => name === pack)?.delivery.find((rules) => rules.event === event);
}

/** Returns the prompt in a request, or an empty text. */
export function promptIn(pack: string, operation: string, request: unknown): string {
  const facts = packs.value.find(({ name }) => name === pack)?.operations.find(({ id }) => id === operation);
  let value = request;
  for (const part of (facts?.promptAt ?? '').split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === 'string' ? value.slice(0, 200) : '';
}
