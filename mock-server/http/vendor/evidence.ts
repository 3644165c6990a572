import type { Pack } from '../../packs/pack.ts';
import type { StrayCall } from './stray-call.ts';

/** The packs that remain after the evidence of a call, and whether it had any. */
export interface Weighed {
  readonly left: readonly Pack[];
  readonly hasEvidence: boolean;
}

/** Tells vendors apart by the headers of a call, its key and previous calls. */
export interface Evidence {
  /** Narrows down the candidates by each kind of evidence. */
  weigh(candidates: readonly Pack[], call: StrayCall): Weighed;
  /** Chooses one of several packs; null if the evidence does not decide. */
  choose(candidates: readonly Pack[], call: StrayCall): Pack | null;
}

export function createEvidence(packs: readonly Pack[]): Evidence {
  function weigh(candidates: readonly Pack[], call: StrayCall): Weighed {
    const tests: readonly ((pack: Pack) => boolean)[] = [
      ({ traits }) => traits.headers.some((name) => call.hasHeader(name)),
      (pack) => pack.auth.places.some((place) => call.hasKeyAt(place)),
      (pack) => call.called.has(pack.name),
    ];
    let left = candidates;
    let hasEvidence = false;
    for (const test of tests) {
      const kept = left.filter(test);
      if (kept.length === 0 || kept.length === packs.length) continue;
      hasEvidence = true;
      left = kept;
    }
    return { left, hasEvidence };
  }

  function choose(candidates: readonly Pack[], call: StrayCall): Pack | null {
    const [only, ...more] = candidates;
    if (only !== undefined && more.length === 0) return only;
    const { left } = weigh(candidates, call);
    return left.length === 1 ? (left[0] ?? null) : null;
  }

  return { weigh, choose };
}

/** Returns the only pack that the evidence leaves; null without evidence. */
export function onEvidence({ left, hasEvidence }: Weighed): Pack | null {
  return hasEvidence && left.length === 1 ? (left[0] ?? null) : null;
}
