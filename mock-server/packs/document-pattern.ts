import { createContext, Script } from 'node:vm';

/** What the users of a document's regular expression need of it. */
export interface DocumentPattern {
  test(text: string): boolean;
  toString(): string;
}

/** Longer than any honest text takes, even on a busy machine. */
const PATIENCE_MS = 100;
/** On texts as short as this, no pattern of a reasonable size takes long. */
const SHORT = 16;

/**
 * Compiles a regular expression of a document with flag `u`, as JSON Schema requires. Callers of the mock choose the
 * texts that it is tried on, and backtracking can take hours: a pattern that could is stopped after a tenth of a
 * second, and then the text does not match.
 * @throws {SyntaxError}
 */
export function documentPattern(source: string): DocumentPattern {
  const expression = new RegExp(source, 'u');
  return isPlainlyLinear(source) ? expression : boundedPattern(expression);
}

/** The same expression, stopped after a tenth of a second. */
export function boundedPattern(expression: RegExp): DocumentPattern {
  return {
    test: (text) => (text.length <= SHORT ? expression.test(text) : testInTime(expression, text)),
    toString: () => String(expression),
  };
}

interface Stage {
  readonly script: Script;
  readonly place: { expression: RegExp | null; text: string };
}

let stage: Stage | undefined;

/** Node has no timeout for regular expressions, but it has one for scripts, and that one stops them as well. */
function testInTime(expression: RegExp, text: string): boolean {
  stage ??= {
    script: new Script('expression.test(text)'),
    place: createContext({ expression: null, text: '' }) as Stage['place'],
  };
  const { script, place } = stage;
  try {
    place.expression = expression;
    place.text = text;
    return script.runInContext(place, { timeout: PATIENCE_MS }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    place.expression = null;
    place.text = '';
  }
}

/** More alternatives than this could be combined in too many ways. */
const MOST_CHOICES = 10;

/**
 * Whether a look at the pattern shows that it cannot backtrack for long: it is anchored, at most one part of it varies
 * in length, no group is repeated, and it refers to nothing that it matched before. Most patterns of vendors are so;
 * every other one is tried with a time limit.
 */
export function isPlainlyLinear(source: string): boolean {
  // Escapes and classes match one character each; what is inside them is neither a group nor a quantifier.
  const bare = source
    .replaceAll(/\\[pPu]\{[^}]*\}/g, '.')
    .replaceAll(/\\[^1-9k]/g, '.')
    .replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, '.')
    .replaceAll('(?:', '(');
  if (bare.includes('\\') || bare.includes('(?') || /\)[*+?{]/.test(bare)) return false;
  const choices = bare.split('|').length - 1;
  const varying = [...bare.matchAll(/[*+]|\{\d+,\d*\}|(?<![*+}])\?/g)].length;
  if (choices === 0 && varying === 0) return true;
  return bare.startsWith('^') && varying <= 1 && choices <= MOST_CHOICES && !hasOpenChoice(bare);
}

/** Whether an alternative stands outside of all groups: the anchor is not its own. */
function hasOpenChoice(bare: string): boolean {
  let depth = 0;
  for (const letter of bare) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === '|' && depth === 0) return true;
  }
  return false;
}
