import type { Pack, PackEvent } from '../../mock-server/index.ts';
import { requestProblems } from '../payload/judge-payload.ts';
import type { JsonValue, Place } from './callback-shape.ts';
import type { RequestPatch } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import { WILD_LINE, wildText } from './wild-text.ts';

/** A request with unusual text: as long and as far from ASCII as the vendor allows. */
export interface WildRequest {
  /** Merged into the sample request. */
  readonly patch: RequestPatch;
  readonly prompt: string;
  /** The object that contains the prompt, if it accepts any key; null otherwise. */
  readonly parameters: Place | null;
}

const LONGEST_BYTES = 20_000;

/** Parameters of every type. Numeric keys change their order when JavaScript parses and serializes the JSON. */
const PARAMETERS: Readonly<Record<string, JsonValue>> = {
  style: WILD_LINE,
  'clé "β" \u{1f511}': WILD_LINE,
  '10': 100,
  '9': 1,
  strength: 0.1,
  steps: 1000,
  empty: '',
  nested: { list: [1, 100, null, true, WILD_LINE, {}, []] },
};

/** Returns a wild request for an event; null if its request does not have a prompt. */
export function wildRequest({ pack, event }: Pick<Subject, 'pack' | 'event'>): WildRequest | null {
  // The search for the longest prompt blocks the event loop, which delays reading the answers of the receiver.
  const found = known.get(event);
  if (found !== undefined) return found;
  const made = makeWildRequest(pack, event);
  known.set(event, made);
  return made;
}

const known = new WeakMap<PackEvent, WildRequest | null>();

function makeWildRequest(pack: Pack, event: PackEvent): WildRequest | null {
  const operation = pack.operations.find((one) => one.type === 'submit' && one.event?.name === event.name);
  if (operation?.type !== 'submit' || operation.promptPointer === null) return null;
  const place = placeOf(operation.promptPointer);
  const isAllowed = allowedBy(pack, operation.id);
  const prompt = longestAllowed(wildText(LONGEST_BYTES), (text) => isAllowed(nest(place, text), place));
  const around = place.slice(0, -1);
  const withPrompt = { ...PARAMETERS, [String(place.at(-1))]: prompt };
  const free = nest(around, withPrompt);
  return around.length > 0 && isAllowed(free, around)
    ? { patch: free, prompt, parameters: around }
    : { patch: nest(place, prompt), prompt, parameters: null };
}

/** Whether a callback echoes a text, as a field or inside a string field that contains JSON. */
export function echoes(body: JsonValue, text: string): boolean {
  if (typeof body === 'string') return body === text || (body.startsWith('{') && echoesInside(body, text));
  if (typeof body !== 'object' || body === null) return false;
  return Object.values(body).some((inner) => echoes(inner, text));
}

function echoesInside(json: string, text: string): boolean {
  try {
    return echoes(JSON.parse(json) as JsonValue, text);
  } catch {
    return false;
  }
}

/** Whether the OpenAPI document allows this part of a request; the rest comes from the sample request. */
function allowedBy(pack: Pack, operation: string) {
  return (part: RequestPatch, place: Place): boolean => {
    const at = place.map((key) => `/${key}`).join('');
    return !requestProblems(pack, operation, part).some((problem) => problem.at.startsWith(at));
  };
}

/** Returns the longest allowed prefix of a text, in code points. */
function longestAllowed(text: string, isAllowed: (text: string) => boolean): string {
  const points = [...text];
  let allowed = 0;
  let refused = points.length + 1;
  while (refused - allowed > 1) {
    const middle = Math.floor((allowed + refused) / 2);
    if (isAllowed(points.slice(0, middle).join(''))) allowed = middle;
    else refused = middle;
  }
  return points.slice(0, allowed).join('');
}

function placeOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function nest(place: Place, value: JsonValue): RequestPatch {
  return place.reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value) as RequestPatch;
}
