import { wrapProse } from './help-text.ts';
import { table } from './print.ts';

/** A pack, and where it is served. */
export interface ServedPack {
  readonly name: string;
  readonly profile: string;
  readonly url: string;
  readonly isAtRoot: boolean;
  readonly displacedBy: string | null;
}

/** More packs than this are listed without a line for each. */
const MOST_LINES = 8;
const WIDTH = 100;

/** Returns the lines that list the base URL of each pack. */
export function describeAddresses(packs: readonly ServedPack[], url: string): string[] {
  const lines = packs.length > MOST_LINES ? compactly(packs, url) : table(packs.map(rowOf));
  return lines.map((line, index) => `  ${index === 0 ? 'packs    ' : '         '}  ${line}`);
}

function rowOf({ name, profile, url, isAtRoot, displacedBy }: ServedPack): string[] {
  const root = isAtRoot
    ? ', also at the root'
    : displacedBy === null
      ? ''
      : `, not at the root, which serves these paths for ${displacedBy}`;
  return [name, url, `(${profile}${root})`];
}

function compactly(packs: readonly ServedPack[], url: string): string[] {
  const named = ({ name, displacedBy }: ServedPack): string =>
    displacedBy === null ? name : `${name} (instead: ${displacedBy})`;
  const usual = ({ name, url: own }: ServedPack): boolean => own === `${url}/${name}`;
  const atRoot = packs.filter(({ isAtRoot }) => isAtRoot).map(named);
  const displaced = packs.filter((pack) => !pack.isAtRoot && usual(pack)).map(named);
  const moved = packs.filter((pack) => !usual(pack)).map(({ name, url: own }) => `${name} at ${own}`);
  const profiles = new Set(packs.map(({ profile }) => profile));
  return [
    `${packs.length} packs at ${url}/NAME, in the ${profiles.size === 1 ? 'profile' : 'profiles'} ${[...profiles].join(', ')}`,
    ...listed('also at the root', atRoot),
    ...listed('not at the root', displaced),
    ...listed('moved', moved),
  ];
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : wrapProse(`${title}: ${items.join(', ')}`, WIDTH).split('\n');
}
