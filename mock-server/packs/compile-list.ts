import { type CompileContext, compileBodies } from './compile-context.ts';
import { compileSole, routeOf } from './compile-sole.ts';
import { Defect, under } from './defect.ts';
import type { DocumentOperation } from './document.ts';
import { compileExpression } from './expressions.ts';
import { listedKinds } from './kind-by-field.ts';
import type { ListSource } from './lifecycle.ts';
import type { ListFilter, ListOperation } from './pack.ts';
import { step } from './pointer.ts';
import { REQUEST_LANGUAGE } from './request-parts.ts';
import { PAGE_LANGUAGE } from './task-language.ts';

/** @throws {Defect} when the items are not those of a polling operation */
export function compileList(
  operation: DocumentOperation,
  source: ListSource,
  context: CompileContext,
): ListOperation {
  const shown = context.lifecycle.operations[source.items];
  if (shown?.does !== 'poll') throw new Defect(`"${source.items}" is not an operation that polls`, '/items');
  const { size = 20, most = 100, limit = null, offset = null, cursor = null } = source.page ?? {};
  return {
    type: 'list',
    ...routeOf(operation),
    kinds: listedKinds(source, context.lifecycle),
    filters: compileFilters(source),
    items: under(
      `/operations${step(source.items)}`,
      () => compileBodies('answers', shown, context),
      'lifecycle',
    ),
    page: { size, most, limit, offset, cursor },
    ...compileSole(source, PAGE_LANGUAGE, context),
  };
}

function compileFilters({ filters = {} }: ListSource): ListFilter[] {
  return (['state', 'kind', 'ids'] as const).flatMap((by) => {
    const place = filters[by];
    if (place === undefined) return [];
    return { by, read: under(`/filters/${by}`, () => compileExpression(place, REQUEST_LANGUAGE)) };
  });
}
