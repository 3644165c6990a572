import type { Pack } from '../mock-server/index.ts';
import type { CaseFacts, Source } from './report.ts';
import { type Topic, topicFacts } from './topics.ts';

/** A text of a case: the same for every vendor, or filled in from the pack under test. */
export type CaseText = string | PackText;

export interface PackText {
  /** Shown where no single vendor is under test: in the documentation, and in a run that called several. */
  readonly general: string;
  readonly of: (pack: Pack) => string;
}

/** What a case is based on: facts of the pack under test, or a conclusion from them. */
export type Basis = Topic | { readonly derived: string };

/** A case before it is known which vendor is under test. */
export interface CaseDefinition
  extends Omit<CaseFacts, 'requirement' | 'why' | 'remedy' | 'remedies' | 'sources'> {
  readonly requirement: CaseText;
  readonly why: CaseText;
  readonly remedy: CaseText;
  readonly remedies?: { readonly ack: CaseText; readonly effect: CaseText };
  readonly basis: readonly [Basis, ...Basis[]];
}

/**
 * Fills in the texts and sources of a case.
 * @param packs those under test; with several of them, texts are general and sources are named by pack
 */
export function describeCase(one: CaseDefinition, packs: readonly Pack[]): CaseFacts {
  const [pack = null] = packs.length === 1 ? packs : [];
  const { id, group, title, level, remedies, basis } = one;
  const text = (value: CaseText): string => textFor(value, pack);
  return {
    id,
    group,
    title,
    level,
    requirement: text(one.requirement),
    why: text(one.why),
    remedy: text(one.remedy),
    ...(remedies === undefined
      ? {}
      : { remedies: { ack: text(remedies.ack), effect: text(remedies.effect) } }),
    sources: [
      ...packs.flatMap((each) =>
        basis.flatMap((item) => (typeof item === 'string' ? sourcesIn(each, item) : [])),
      ),
      ...basis.flatMap((item) => (typeof item === 'string' ? [] : [derivedFrom(item.derived)])),
    ],
  };
}

/** @param pack null where no single vendor is under test */
export function textFor(text: CaseText, pack: Pack | null): string {
  if (typeof text === 'string') return text;
  return pack === null ? text.general : text.of(pack);
}

function sourcesIn(pack: Pack, topic: Topic): Source[] {
  return topicFacts(pack, topic).flatMap(({ fact, grade, pages = [], headings = {} }): Source[] => {
    const common = { pack: pack.name, grade, fact };
    if (pages.length === 0) return [{ ...common, page: null, heading: null }];
    return pages.map((name) => ({
      ...common,
      page: pack.pages[name]?.title ?? name,
      heading: headings[name] ?? null,
    }));
  });
}

function derivedFrom(reason: string): Source {
  return { pack: null, page: null, heading: null, grade: 'derived', fact: reason };
}
