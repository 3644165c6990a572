import type { Bench } from './bench.ts';

/**
 * Runs all contenders alternately, A B A B, so that other load on the machine affects them equally. A warm-up round
 * before the first is not counted.
 * @returns the results of each contender, round by round
 */
export async function alternate<Results extends Record<string, unknown>>(
  { rounds, say }: Pick<Bench, 'rounds' | 'say'>,
  contenders: { readonly [Name in keyof Results]: () => Promise<Results[Name]> },
): Promise<{ readonly [Name in keyof Results]: readonly Results[Name][] }> {
  const names = Object.keys(contenders) as (keyof Results & string)[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as {
    [Name in keyof Results]: Results[Name][];
  };
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      say(`${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${name}`);
      const result = await contenders[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}
