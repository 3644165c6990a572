import { isPublic } from './compile-auth.ts';
import { type CompileContext, durationMs } from './compile-context.ts';
import { compileIdForm, idInMessages } from './compile-ids.ts';
import { Defect, under } from './defect.ts';
import type { DocumentOperation } from './document.ts';
import { compileOwnError, type OwnError } from './error-answers.ts';
import type { ErrorRole } from './error-source.ts';
import { compileExpression, type Evaluate, fieldsOf, type Language } from './expressions.ts';
import { step } from './pointer.ts';
import { REQUEST_LANGUAGE, type RequestParts } from './request-parts.ts';
import { compileStateAnswer } from './state-answer.ts';
import { CALL_LANGUAGE } from './task-language.ts';
import { announcedContent, contentOfBase64, contentOfFile, contentOfUrl } from './upload-content.ts';
import type { UploadSource, UploadsSource } from './upload-source.ts';
import type { UploadContent, UploadContext, UploadOperation, UploadRules } from './uploads.ts';

export function compileUploads(source: UploadsSource | undefined): UploadRules | null {
  if (source === undefined) return null;
  return {
    idForm: under('/id', () => compileIdForm(source.id)),
    lifetimeMs: under('/lifetime', () => durationMs(source.lifetime)),
  };
}

const SOURCES = ['base64', 'url', 'field', 'bytes'] as const;

/** @throws {Defect} when the call would have more than one file, or the pack has no rules for uploads */
export function compileUploadOperation(
  { id, method, path, operation }: DocumentOperation,
  source: UploadSource,
  context: CompileContext,
): UploadOperation {
  const { uploads } = context.lifecycle;
  if (uploads === undefined) throw new Defect('"uploads" is required because of this operation', '/does');
  const given = SOURCES.filter((key) => source[key] !== undefined && source[key] !== false);
  if (given.length > 1)
    throw new Defect(`only one of ${given.join(' and ')} can be the file`, `/${given[1]}`);
  const { template } = context;
  const language = uploadLanguage(uploads);
  const { status = 200 } = source;
  const { body, ...answer } =
    source.answer === undefined
      ? { status, headersOf: null, body: () => '' }
      : under('/answer', () => compileStateAnswer(source.answer ?? null, status, { language, template }));
  return {
    type: 'upload',
    ...{ id, method, path, isPublic: isPublic(operation) },
    takesFiles: source.bytes === true || source.field !== undefined,
    contentOf: compileContent(source),
    uploadIdOf: source.upload === undefined ? null : expression(source, 'upload'),
    errors: compileErrors(source, context),
    ...answer,
    answer: body,
  };
}

function compileErrors({ errors = {} }: UploadSource, { lifecycle }: CompileContext): Map<string, OwnError> {
  return new Map(
    Object.entries(errors).flatMap(([role, own]) => {
      const compile = (): OwnError | null => compileOwnError(role as ErrorRole, own, lifecycle.errors);
      const answer = under(`/errors${step(role)}`, compile);
      return answer === null ? [] : [[role, answer] as const];
    }),
  );
}

type UploadPlace = 'base64' | 'url' | 'upload' | 'name' | 'type';

function expression(source: UploadSource, key: UploadPlace): Evaluate<RequestParts> {
  const text = source[key];
  if (text === undefined) return () => undefined;
  return under(`/${key}`, () => compileExpression(text, REQUEST_LANGUAGE));
}

function compileContent(source: UploadSource): (request: RequestParts) => UploadContent {
  const [name, type] = [expression(source, 'name'), expression(source, 'type')];
  const [base64, url] = [expression(source, 'base64'), expression(source, 'url')];
  const { field } = source;
  return (request) => {
    const given = { name: textOf(name(request)), contentType: textOf(type(request)) };
    if (source.bytes === true) return contentOfFile(request.files?.get(WHOLE_BODY), given, 'the body');
    if (field !== undefined) return contentOfFile(request.files?.get(field), given, field);
    if (source.base64 !== undefined) return contentOfBase64(base64(request), given, lastOf(source.base64));
    if (source.url !== undefined) return contentOfUrl(url(request), given, lastOf(source.url));
    return announcedContent(given);
  };
}

/** Name of a file that is the whole body. */
export const WHOLE_BODY = '';

/** Returns the name of the field in an expression. */
function lastOf(place: string): string {
  return place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('.')) + 1);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function uploadLanguage(source: UploadsSource): Language<UploadContext> {
  const idForm = compileIdForm(source.id);
  return {
    ...CALL_LANGUAGE,
    roots: {
      ...CALL_LANGUAGE.roots,
      upload: fieldsOf<UploadContext>({
        id: ({ upload }) => idInMessages(upload.id, idForm),
        url: ({ upload }) => upload.url,
        name: ({ upload }) => upload.name,
        type: ({ upload }) => upload.type,
        size: ({ upload }) => upload.size,
        createdAt: ({ upload }) => upload.createdAt,
        expiresAt: ({ upload }) => upload.expiresAt,
      }),
    },
  };
}
