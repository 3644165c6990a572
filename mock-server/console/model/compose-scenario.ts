/** A scenario that can be part of a composed one. */
export interface ScenarioPart {
  readonly name: string;
  readonly summary: string;
}

/** Families of which a composed scenario can have several parts. */
const REPEATABLE = /^poll\./;
/** Scenarios that can have a number of times. */
const COUNTABLE = /^poll\.(?!not-visible$)/;

/** Returns the parts of a composed scenario such as `fail.nsfw+poll.429*3`; none for success. */
export function partsOf(scenario: string): string[] {
  return scenario
    .split('+')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'success');
}

/** Returns the scenario with these parts. */
export function composed(parts: readonly string[]): string {
  return parts.length === 0 ? 'success' : parts.join('+');
}

/**
 * Returns the scenarios that a text may mean and that can be added, those whose name begins with it first. A number of
 * times, such as `*3`, is added to scenarios that support it.
 */
export function suggestionsFor(
  text: string,
  parts: readonly string[],
  all: readonly ScenarioPart[],
): ScenarioPart[] {
  const [, wanted = '', times = ''] = /^(.*?)(\*\d*)?$/.exec(text.trim().toLowerCase()) ?? [];
  const families = new Set(parts.map(familyOf));
  const found = all.filter(
    ({ name, summary }) =>
      name !== 'success' &&
      (REPEATABLE.test(name) || !families.has(familyOf(name))) &&
      (times === '' || COUNTABLE.test(name)) &&
      !parts.includes(`${name}${times}`) &&
      `${name} ${summary}`.toLowerCase().includes(wanted),
  );
  return found
    .map((one) => ({ ...one, name: `${one.name}${times}` }))
    .sort((a, b) => rankOf(a, wanted) - rankOf(b, wanted));
}

/** Returns the part that a complete text names; null if it is not the name of a scenario. */
export function partIn(text: string, all: readonly ScenarioPart[]): string | null {
  const [, name = '', times = ''] = /^(.+?)(\*\d*)?$/.exec(text.trim()) ?? [];
  const isKnown = all.some((one) => one.name === name) && (times === '' || COUNTABLE.test(name));
  return isKnown ? name + times : null;
}

/** Describes the parts of a scenario. */
export function describeParts(parts: readonly string[], all: readonly ScenarioPart[]): string {
  if (parts.length === 0) return all.find(({ name }) => name === 'success')?.summary ?? '';
  return parts.map((part) => summaryOf(part, all)).join('; ');
}

function summaryOf(part: string, all: readonly ScenarioPart[]): string {
  const [name, times] = part.split('*');
  const summary = all.find((one) => one.name === name)?.summary.split(';')[0] ?? '';
  if (times === undefined) return summary;
  return `${summary} (${times === '' ? 'every time' : `${times} times`})`;
}

function rankOf({ name, summary }: ScenarioPart, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  if (name.split('.').some((word) => word.startsWith(wanted))) return 1;
  return name.includes(wanted) ? 2 : summary.toLowerCase().startsWith(wanted) ? 3 : 4;
}

function familyOf(part: string): string {
  return part.split('.')[0] ?? '';
}
