import { editDistance } from '../../core/coded-error.ts';

/** The segments of an operation's path; `null` is a parameter, which matches any text. */
export type Shape = readonly (string | null)[];

/** A typical mistake in a path, and the operations that the corrected path would match. */
export interface Repair {
  readonly matches: (shape: Shape) => boolean;
  /** A hint for the sender; empty when the path is right but the method is not. */
  readonly because: string;
  /** Whether segments were left out or added, so that another vendor may have been meant. */
  readonly isGuess: boolean;
}

/** Only this much of a path is compared. */
const SEGMENTS_LOOKED_AT = 30;
const LENGTH_LOOKED_AT = 200;

export function shapeOf(path: string): Shape {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? null : part));
}

export function segmentsOf(path: string): string[] {
  return path
    .slice(0, LENGTH_LOOKED_AT)
    .split('/')
    .filter((part) => part !== '')
    .slice(0, SEGMENTS_LOOKED_AT);
}

/** Returns the typical mistakes with base URLs, most likely ones first. */
export function repairsOf(path: string): Repair[] {
  const segments = segmentsOf(path);
  const slashes = hintAboutSlashes(path);
  const repairs: Repair[] = [{ matches: (shape) => fits(shape, segments), because: slashes, isGuess: false }];
  const twice = doubledLength(segments);
  if (twice > 0) {
    const base = `/${segments.slice(0, twice).join('/')}`;
    repairs.push({
      matches: (shape) => fits(shape, segments.slice(twice)),
      because: `The path begins with ${base} twice; does your base URL already end with it?`,
      isGuess: false,
    });
  }
  repairs.push({
    matches: (shape) => endsIn(segments, shape),
    because: 'The path has an extra prefix; is it part of your base URL?',
    isGuess: true,
  });
  repairs.push({
    matches: (shape) => isTail(shape, segments),
    because: 'The beginning of the path is missing; is your base URL complete?',
    isGuess: true,
  });
  const lower = segments.map((part) => part.toLowerCase());
  repairs.push({
    matches: (shape) =>
      fits(
        shape.map((part) => part?.toLowerCase() ?? null),
        lower,
      ),
    because: 'Paths are case-sensitive.',
    isGuess: false,
  });
  return repairs;
}

function hintAboutSlashes(path: string): string {
  if (path.startsWith('//')) return 'The path begins with two slashes; does your base URL end with a slash?';
  if (path.includes('//')) return 'The path contains two consecutive slashes.';
  return path.length > 1 && path.endsWith('/') ? 'The path ends with a slash.' : '';
}

/** Returns the largest number of initial segments that are repeated right after themselves. */
function doubledLength(segments: readonly string[]): number {
  for (let length = segments.length >> 1; length > 0; length--) {
    if (segments.slice(0, length).every((part, index) => part === segments[length + index])) return length;
  }
  return 0;
}

function fits(shape: Shape, segments: readonly string[]): boolean {
  return (
    shape.length === segments.length &&
    shape.every((part, index) => part === null || part === segments[index])
  );
}

/** Returns whether the path ends with the whole shape. */
function endsIn(segments: readonly string[], shape: Shape): boolean {
  const spare = segments.length - shape.length;
  return spare > 0 && fits(shape, segments.slice(spare));
}

/**
 * Returns whether the path is the end of the shape, starting with a fixed segment. A single word is not specific enough.
 */
function isTail(shape: Shape, segments: readonly string[]): boolean {
  const tail = shape.slice(shape.length - segments.length);
  return tail.length > 1 && tail.length < shape.length && typeof tail[0] === 'string' && fits(tail, segments);
}

/** Counts the leading fixed segments that path and shape have in common. */
export function sharedPrefix(shape: Shape, segments: readonly string[]): number {
  let fixed = 0;
  for (const [index, part] of shape.entries()) {
    if (index >= segments.length) break;
    if (part === null) continue;
    if (part.toLowerCase() !== segments[index]?.toLowerCase()) break;
    fixed += 1;
  }
  return fixed;
}

/** Cost of a missing last segment, in letters. */
const LAST_PART = 4;

/**
 * Returns the edit distance between path and shape in letters, and the largest distance that still counts as a
 * misspelling.
 */
export function misspelling(shape: Shape, segments: readonly string[]): { cost: number; tolerance: number } {
  let cost = 0;
  let letters = 0;
  for (let index = 0; index < Math.max(shape.length, segments.length); index++) {
    const wanted = shape[index];
    const got = segments[index];
    if (wanted === null && got !== undefined) continue;
    if (wanted === got) continue;
    if (got === undefined && index === shape.length - 1) {
      // The last segment is missing.
      cost += LAST_PART / 2;
      letters += LAST_PART;
      continue;
    }
    cost += editDistance((got ?? '').toLowerCase(), (wanted ?? '').toLowerCase());
    letters += Math.max((wanted ?? '').length, (got ?? '').length);
  }
  return { cost, tolerance: letters / 2 };
}
