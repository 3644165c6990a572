import { createRandom } from '../core/random.ts';
import type { IdForm, Plan } from '../core/types.ts';
import { idInMessages } from './compile-ids.ts';
import type { Evaluate } from './expressions.ts';
import { MEDIA_FILES, mediaSize } from './media-files.ts';
import type { MediaKind, TaskContext } from './pack.ts';

/** Reads a value of one file of a task; `index` is its position among the files of its kind. */
type Field = (plan: Plan, kind: MediaKind, index: number) => unknown;

/** `url` of `$media.NAME.url` and `$media.NAME.1.url`. */
const FIELDS: Readonly<Record<string, Field>> = {
  id: mediaId,
  url: mediaUrl,
  name: (_plan, kind, index) => mediaFileName(kind, index),
};

/** `urls` of `$media.NAME.urls`, with the field that each item has. */
const LISTS: Readonly<Record<string, Field>> = { ids: mediaId, urls: mediaUrl };

/**
 * Compiles the part of an expression after `$media.`: `NAME.field`, `NAME.0.field` or `NAME.urls`. Returns null when it
 * can never have a value.
 */
export function mediaField(
  path: string,
  media: ReadonlyMap<string, MediaKind>,
): Evaluate<TaskContext> | null {
  const [, name = '', position, field = ''] = /^([^.]+)(?:\.(\d+))?\.([a-z]+)$/.exec(path) ?? [];
  const kind = media.get(name);
  if (kind === undefined) return null;
  const list = position === undefined && Object.hasOwn(LISTS, field) ? LISTS[field] : undefined;
  if (list !== undefined) return ({ plan }) => listOf(plan, kind, list);
  const index = Number(position ?? 0);
  const read = fieldOf(kind, field);
  if (read === null || index >= kind.most) return null;
  return ({ plan }) => (index < mediaCount(plan, kind) ? read(plan, kind, index) : undefined);
}

function fieldOf({ file }: MediaKind, name: string): Field | null {
  if (Object.hasOwn(FIELDS, name)) return FIELDS[name] ?? null;
  if (name === 'size') return () => mediaSize(file);
  const facts = MEDIA_FILES[file];
  const { contentType: type, duration, width, height } = facts ?? {};
  const constants: Readonly<Record<string, unknown>> = { type, duration, width, height };
  const value = Object.hasOwn(constants, name) ? constants[name] : undefined;
  return value === undefined ? null : () => value;
}

function listOf(plan: Plan, kind: MediaKind, field: Field): unknown[] | undefined {
  if (!isYielded(kind, plan)) return undefined;
  return Array.from({ length: mediaCount(plan, kind) }, (_, index) => field(plan, kind, index));
}

/** Whether tasks of this plan's kind have the media file. */
function isYielded({ kinds }: Pick<MediaKind, 'kinds'>, { kind }: Pick<Plan, 'kind'>): boolean {
  return kinds === null || kinds.has(kind);
}

/** Returns the number of files of this kind that a task has. */
export function mediaCount(plan: Plan, kind: MediaKind): number {
  if (!isYielded(kind, plan)) return 0;
  return kind.countOf === null ? 1 : kind.countOf(plan);
}

/** Number of derived ids in the cache, which serves tasks that are polled often. */
const IDS_CACHED = 5000;
const derivedIds = new Map<string, string | number>();

/** Derives a media id from the task id, so that plans do not store it. Memoizes a pure function. */
function mediaId({ taskId }: Plan, { name, idForm }: MediaKind, index: number): string | number {
  const file = index === 0 ? name : `${name} ${index}`;
  const seed = `${taskId} ${file} ${keyOf(idForm)}`;
  const known = derivedIds.get(seed);
  if (known !== undefined) return known;
  const id = idInMessages(createRandom(`${taskId} ${file}`).id(idForm), idForm);
  if (derivedIds.size >= IDS_CACHED) derivedIds.clear();
  derivedIds.set(seed, id);
  return id;
}

/** Returns the ids of all files of a kind that a task has. */
export function mediaIdsOf(plan: Plan, kind: MediaKind): string[] {
  return Array.from({ length: mediaCount(plan, kind) }, (_, index) => String(mediaId(plan, kind, index)));
}

function mediaUrl(plan: Plan, kind: MediaKind, index: number): string {
  return `${plan.origin}/__media/${encodeURIComponent(plan.taskId)}/${mediaFileName(kind, index)}`;
}

function keyOf(form: IdForm): string {
  return typeof form === 'string'
    ? form
    : `${form.prefix} ${form.characters} ${form.length} ${form.isInteger}`;
}

/** Returns the name under which a media file is served, such as `video.mp4`, or `image.1.png` for the second of several. */
export function mediaFileName({ name, file }: MediaKind, index = 0): string {
  const position = index === 0 ? '' : `.${index}`;
  return name + position + file.slice(file.lastIndexOf('.'));
}
