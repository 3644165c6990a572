import { createContext, Script } from 'node:vm';

/** The part of the interface of RegExp that validators use. */
export interface DocumentPattern {
  test(text: string): boolean;
  toString(): string;
}

/** More time than a harmless text takes, even on a busy machine. */
const TIME_LIMIT_MS = 100;
/** Length up to which a pattern of reasonable size cannot take long. */
const SHORT = 16;

/**
 * Compiles a regular expression of a document with flag `u`, as JSON Schema requires. Clients of the mock choose the
 * texts to match, and backtracking can take hours. A pattern that can backtrack is stopped after a tenth of a second,
 * and the text does not match.
 * @throws {SyntaxError}
 */
export function documentPattern(source: string): DocumentPattern {
  const expression = new RegExp(source, 'u');
  return isPlainlyLinear(source) ? expression : boundedPattern(expression);
}

/** Limits the time of an expression to a tenth of a second, after which the text does not match. */
export function boundedPattern(expression: RegExp): DocumentPattern {
  return {
    test: (text) => (text.length <= SHORT ? expression.test(text) : testInTime(expression, text)),
    toString: () => String(expression),
  };
}

interface Sandbox {
  readonly script: Script;
  readonly place: { expression: RegExp | null; text: string };
}

let sandbox: Sandbox | undefined;

/** Tests in a script, because the timeout of scripts also interrupts regular expressions, which have none in Node. */
function testInTime(expression: RegExp, text: string): boolean {
  sandbox ??= {
    script: new Script('expression.test(text)'),
    place: createContext({ expression: null, text: '' }) as Sandbox['place'],
  };
  const { script, place } = sandbox;
  try {
    place.expression = expression;
    place.text = text;
    return script.runInContext(place, { timeout: TIME_LIMIT_MS }) === true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    place.expression = null;
    place.text = '';
  }
}

/** Number of alternatives above which a pattern may backtrack too long. */
const MAX_CHOICES = 10;

/**
 * Whether the form of the pattern excludes long backtracking: it is anchored, at most one part of it varies in length,
 * no group is repeated, and it has no back references. This is true for most patterns of vendors; all others run with a
 * time limit.
 */
export function isPlainlyLinear(source: string): boolean {
  // Escapes and classes match one character each, and cannot contain groups or quantifiers.
  const bare = source
    .replaceAll(/\\[pPu]\{[^}]*\}/g, '.')
    .replaceAll(/\\[^1-9k]/g, '.')
    .replaceAll(/\[(?:[^\]\\]|\\.)*\]/g, '.')
    .replaceAll('(?:', '(');
  if (bare.includes('\\') || bare.includes('(?') || /\)[*+?{]/.test(bare)) return false;
  const choices = bare.split('|').length - 1;
  const varying = [...bare.matchAll(/[*+]|\{\d+,\d*\}|(?<![*+}])\?/g)].length;
  if (choices === 0 && varying === 0) return true;
  return bare.startsWith('^') && varying <= 1 && choices <= MAX_CHOICES && !hasOpenChoice(bare);
}

/** Whether an alternative is outside of all groups, so that the anchor does not apply to it. */
function hasOpenChoice(bare: string): boolean {
  let depth = 0;
  for (const letter of bare) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === '|' && depth === 0) return true;
  }
  return false;
}
