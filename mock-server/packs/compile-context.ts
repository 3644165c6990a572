import type { OpenAPIV3_1 } from 'openapi-types';
import { parseDuration } from '../core/duration.ts';
import type { Json, JsonObject, KindRules } from '../core/types.ts';
import { withBodiesOfKinds } from './bodies-of-kinds.ts';
import { compileTaskId } from './compile-ids.ts';
import { Defect, under } from './defect.ts';
import { bodyPointer, compileExpression, type Evaluate, type Language } from './expressions.ts';
import type { BodiesOfKinds, Lifecycle } from './lifecycle.ts';
import type { AnswerTemplate, Failure, MediaKind, TaskContext } from './pack.ts';
import { step } from './pointer.ts';
import { answerPartsOf, compileStateAnswer, renderAnswer } from './state-answer.ts';
import { taskLanguage } from './task-language.ts';
import type { compileTemplate, Template } from './template.ts';

/** Input that is shared by the compilers of the parts of a pack. */
export interface CompileContext {
  readonly lifecycle: Lifecycle;
  readonly document: OpenAPIV3_1.Document;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly media: ReadonlyMap<string, MediaKind>;
  readonly kinds: ReadonlyMap<string, KindRules>;
  readonly template: typeof compileTemplate;
}

/** Compiles one template for each state. @param key `answers` or `bodies` */
export function compileBodies(
  key: 'answers' | 'bodies',
  source: BodiesSource,
  context: CompileContext,
): ReadonlyMap<string, Template<TaskContext>> {
  const language = languageFor(context, source.messages);
  return byKindAndState(key, source, 'null', (body) =>
    context.template(key === 'answers' ? bodyOf(body) : body, language),
  );
}

/** Returns the body of an answer, which may have a status and headers in addition. */
function bodyOf(answer: Json): Json {
  const parts = answerPartsOf(answer);
  return parts === null ? answer : (parts.body ?? null);
}

/** Compiles one answer for each state. @param status of answers that do not have their own */
export function compileAnswers(
  source: BodiesSource,
  status: number,
  context: CompileContext,
): ReadonlyMap<string, AnswerTemplate> {
  const { template } = context;
  const language = languageFor(context, source.messages);
  return byKindAndState('answers', source, { status, body: 'null' }, (answer) => {
    const compiled = compileStateAnswer(answer, status, { language, template, media: context.media });
    return (about) => renderAnswer(compiled, about);
  });
}

function byKindAndState<Result>(
  key: 'answers' | 'bodies',
  source: BodiesSource,
  absent: Result,
  compileOne: (source: Json) => (context: TaskContext) => Result,
): ReadonlyMap<string, (context: TaskContext) => Result> {
  const compile = (bodies: Readonly<Record<string, Json>>) =>
    mapOf(bodies, (state, body) => under(step(state), () => compileOne(body)));
  const shared = under(`/${key}`, () => compile(source[key] ?? {}));
  const ofKinds = mapOf(source[`${key}Of`] ?? {}, (kind, bodies) =>
    under(`/${key}Of${step(kind)}`, () => compile(bodies)),
  );
  return withBodiesOfKinds(shared, ofKinds, absent);
}

/** The parts of an operation or event with a body for each state. */
interface BodiesSource {
  readonly messages?: readonly string[];
  readonly answers?: Readonly<Record<string, Json>>;
  readonly answersOf?: BodiesOfKinds;
  readonly bodies?: Readonly<Record<string, Json>>;
  readonly bodiesOf?: BodiesOfKinds;
}

const BODY_LANGUAGE: Language<JsonObject> = {
  settings: { zoneOffsetMs: 0 },
  roots: { request: bodyPointer },
};

/** Compiles an expression about the body of a request. @param pointer prefix for the pointer of a defect */
export function bodyExpression(source: string, pointer: string): Evaluate<JsonObject> {
  return under(pointer, () => compileExpression(source, BODY_LANGUAGE));
}

/** Creates the language of templates about tasks. @param messagePages pages whose failure texts are used, in order */
export function languageFor(
  context: CompileContext,
  messagePages: readonly string[] = [],
): Language<TaskContext> {
  const { failures, media, lifecycle } = context;
  return taskLanguage({
    failures,
    media,
    messagePages,
    idForm: under('/task/id', () => compileTaskId(lifecycle.task.id), 'lifecycle').idForm,
    zoneOffsetMs: zoneOffsetMs(lifecycle.task.timeZone ?? '+00:00'),
  });
}

function zoneOffsetMs(zone: string): number {
  const [hours = '0', minutes = '0'] = zone.slice(1).split(':');
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return zone.startsWith('-') ? -size : size;
}

/** Parses a duration into milliseconds. @throws {Defect} when the text is not a duration */
export function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === null)
    throw new Defect(`"${text}" is not a duration; expected a number followed by ms, s, m, h or d`);
  return parsed;
}

/** Builds a map from the entries of an object. */
export function mapOf<Source, Result>(
  entries: Readonly<Record<string, Source>>,
  build: (name: string, source: Source) => Result,
): Map<string, Result> {
  return new Map(Object.entries(entries).map(([name, source]) => [name, build(name, source)]));
}
