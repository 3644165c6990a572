import { signal } from '@preact/signals';
import type { PackFacts } from '../admin-types.ts';
import { admin } from '../api.ts';

/** The packs of the mock; empty until they are loaded. */
export const packs = signal<readonly PackFacts[]>([]);

async function loadPacks(): Promise<void> {
  packs.value = await admin<PackFacts[]>('GET', 'packs').catch(() => []);
}

void loadPacks();
