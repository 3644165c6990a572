import type { OpenAPIV3_1 } from 'openapi-types';
import { Defect, under } from './defect.ts';
import { type DocumentCallback, type DocumentOperation, findCallbacks } from './document.ts';
import { compileExpression } from './expressions.ts';
import type { CallbackPlace, CallbackSource, PackEvent, RequestParts, SubmitOperation } from './pack.ts';
import { step } from './pointer.ts';
import { REQUEST_LANGUAGE } from './request-parts.ts';

/** Finds the places where requests of an operation name callback URLs: the keys of its callbacks in the document. */
export function compileCallbacks(
  document: OpenAPIV3_1.Document,
  operation: DocumentOperation,
  events: readonly PackEvent[],
): Pick<SubmitOperation, 'callbacks' | 'callbackUrlOf' | 'callbackUrlPointer' | 'callbackUrlParameter'> {
  const callbacks = events.flatMap((event) => {
    const { callback } = event;
    if (callback === null) return [];
    const found = under(
      `/events${step(event.name)}/callback`,
      () => findCallbacks(document, operation, callback),
      'lifecycle',
    );
    return found.map((one) => under(one.pointer, () => compileSource(event, one), 'document'));
  });
  const [main] = callbacks;
  return {
    callbacks,
    callbackUrlOf: main?.urlOf ?? (() => undefined),
    callbackUrlPointer: main?.place.in === 'body' ? main.place.pointer : null,
    callbackUrlParameter: main?.place.in === 'query' ? main.place.name : null,
  };
}

const NO_PARAMS = Object.freeze({});

function compileSource(event: PackEvent, { urlExpression }: DocumentCallback): CallbackSource {
  const expression = urlExpression.replace(/^\{(.*)\}$/, '$1');
  const place = placeOf(expression);
  const read = compileExpression<RequestParts>(expression, REQUEST_LANGUAGE);
  return {
    event,
    place,
    urlOf(body, outside = null) {
      if (place.in !== 'body' && outside === null) return undefined;
      const { query = absent, header = absent } = outside ?? {};
      return read({ body, query, header, pathParams: NO_PARAMS });
    },
  };
}

function absent(): undefined {
  return undefined;
}

function placeOf(expression: string): CallbackPlace {
  const [, pointer] = /^\$request\.body#(\/.*)$/.exec(expression) ?? [];
  if (pointer !== undefined) return { in: 'body', pointer: pointer.trim() };
  const [, place, name = ''] = /^\$request\.(query|header)\.(\S+)$/.exec(expression) ?? [];
  if (place === 'query' || place === 'header') return { in: place, name };
  throw new Defect(
    `"${expression}" is not a place of a callback URL; expected $request.body#/…, $request.query.… or $request.header.…`,
  );
}
