import { signal } from '@preact/signals';
import { admin } from '../api.ts';
import type { PackFacts } from '../wire.ts';

/** What the mock plays; empty until it has said so. */
export const packs = signal<readonly PackFacts[]>([]);

async function loadPacks(): Promise<void> {
  packs.value = await admin<PackFacts[]>('GET', 'packs').catch(() => []);
}

void loadPacks();
