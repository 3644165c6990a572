import type { CaseContext } from './receiver-case.ts';

/** Time to wait for work although a later callback has been processed, because pools and retries reorder jobs. */
const OVERTAKEN_MS = 3000;

const LOOK_EVERY_MS = 100;

/** Repeats an observation while its result may still become correct. */
export async function patiently<Seen>(
  context: CaseContext,
  look: () => Promise<Seen>,
  isOutstanding: (seen: Seen) => boolean,
): Promise<Seen> {
  const untilMs =
    performance.now() + Math.max(Math.min(OVERTAKEN_MS, context.pace.patienceMs), context.pace.settleMs);
  let seen = await look();
  while (isOutstanding(seen) && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    seen = await look();
  }
  return seen;
}
