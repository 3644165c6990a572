import type { Json } from '../core/types.ts';
import { isPublic } from './compile-auth.ts';
import type { CompileContext } from './compile-context.ts';
import { under } from './defect.ts';
import type { DocumentOperation } from './document.ts';
import type { Language } from './expressions.ts';
import { compileStateAnswer } from './state-answer.ts';

/** Returns what all operations have. */
export function routeOf({ id, method, path, operation }: DocumentOperation) {
  return { id, method, path, isPublic: isPublic(operation) };
}

/** Compiles the answer of an operation that has only one. */
export function compileSole<Context>(
  { status = 200, answer }: { readonly status?: number; readonly answer: Json },
  language: Language<Context>,
  { template }: Pick<CompileContext, 'template'>,
) {
  const { body, ...rest } = under('/answer', () =>
    compileStateAnswer(answer, status, { language, template }),
  );
  return { ...rest, answer: body };
}
