import type { Bench } from './bench.ts';

/**
 * Runs all contenders by turns, A B A B: what the machine does meanwhile hits them alike.
 * A round before the first warms them up and is not counted.
 * @returns what each gave, round by round
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
