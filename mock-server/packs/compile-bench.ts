import type { OpenAPIV3_1 } from 'openapi-types';
import { parseDuration } from '../core/duration.ts';
import type { Json, JsonObject, KindRules } from '../core/types.ts';
import { Defect, step, under } from './defect.ts';
import { bodyPointer, compileExpression, type Evaluate, type Language } from './expressions.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Failure, MediaKind, TaskContext } from './pack.ts';
import { taskLanguage } from './task-language.ts';
import type { compileTemplate, Template } from './template.ts';

/** What the parts of a pack are compiled with. */
export interface Bench {
  readonly lifecycle: Lifecycle;
  readonly document: OpenAPIV3_1.Document;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly media: ReadonlyMap<string, MediaKind>;
  readonly kinds: ReadonlyMap<string, KindRules>;
  readonly template: typeof compileTemplate;
}

/** One template for each state. */
export function compileBodies(
  bodies: Readonly<Record<string, Json>>,
  messages: readonly string[] | undefined,
  bench: Bench,
): Map<string, Template<TaskContext>> {
  const language = languageFor(bench, messages);
  return mapOf(bodies, (state, body) => under(step(state), () => bench.template(body, language)));
}

const BODY_LANGUAGE: Language<JsonObject> = {
  settings: { zoneOffsetMs: 0 },
  roots: { request: bodyPointer },
};

export function bodyExpression(source: string, pointer: string): Evaluate<JsonObject> {
  return under(pointer, () => compileExpression(source, BODY_LANGUAGE));
}

export function languageFor(bench: Bench, messagePages: readonly string[] = []): Language<TaskContext> {
  const { failures, media, lifecycle } = bench;
  return taskLanguage({
    failures,
    media,
    messagePages,
    zoneOffsetMs: zoneOffsetMs(lifecycle.task.timeZone ?? '+00:00'),
  });
}

function zoneOffsetMs(zone: string): number {
  const [hours = '0', minutes = '0'] = zone.slice(1).split(':');
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return zone.startsWith('-') ? -size : size;
}

export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === null) throw new Defect(`"${text}" is no duration: expected a number and ms, s, m, h or d`);
  return parsed;
}

export function mapOf<Source, Result>(
  entries: Readonly<Record<string, Source>>,
  build: (name: string, source: Source) => Result,
): Map<string, Result> {
  return new Map(Object.entries(entries).map(([name, source]) => [name, build(name, source)]));
}
