import { findMessages, listOperations } from './document.ts';
import { bodySchemaAt, responseAt, type SchemaCompiler, schemaCompiler } from './document-schemas.ts';
import { explainViolation } from './explain-violation.ts';
import type { Pack, PackEvent } from './pack.ts';
import { relevantErrors } from './relevant-errors.ts';

/** A violation of a pack's document by a message. */
export interface MessageProblem {
  /** JSON Pointer into the message; empty for the whole message. */
  readonly at: string;
  /** Sentence with the field, the expectation and the actual value. */
  readonly message: string;
}

/** Validates captured messages against the document of a pack. */
export interface MessageValidator {
  /** Validates the body of a callback; null when the document does not describe it. */
  callback(event: PackEvent, body: unknown): MessageProblem[] | null;
  /** Validates the body of a request; null when the document does not describe it. @param operation its operationId */
  request(operation: string, body: unknown): MessageProblem[] | null;
  /** Validates the body of an answer; null when the document does not describe it. @param operation its operationId */
  answer(operation: string, status: number, body: unknown): MessageProblem[] | null;
}

/** Creates a validator for the messages of a pack. Each schema compiles once, on first use. */
export function createMessageValidator({ document, operations }: Pack): MessageValidator {
  const documented = new Map(
    listOperations(document)
      .toReversed()
      .map((operation) => [operation.id, operation]),
  );
  /** Pointer to the schema of each kind of message; null without one. */
  const places = new Map<string, string | null>();
  let compile: SchemaCompiler | undefined;

  function validateBody(schema: string | null, body: unknown): MessageProblem[] | null {
    if (schema === null) return null;
    compile ??= schemaCompiler(document, { thorough: true });
    const validate = compile(schema);
    if (validate(body)) return [];
    return relevantErrors(validate.errors ?? [], document).map((error) => ({
      at: error.instancePath,
      message: explainViolation(error, null),
    }));
  }

  function placeOf(kind: string, find: () => string | null): string | null {
    let place = places.get(kind);
    if (place === undefined) {
      place = find();
      places.set(kind, place);
    }
    return place;
  }

  function callbackPlace(event: PackEvent): string | null {
    const sender = operations.find((one) => one.type === 'submit' && one.events.includes(event));
    const operation = documented.get(sender?.id ?? '');
    if (operation === undefined) return null;
    const pointer = findMessages(document, operation, event);
    return bodySchemaAt(document, `${pointer}/post/requestBody`);
  }

  function requestPlace(id: string): string | null {
    const operation = documented.get(id);
    return operation === undefined ? null : bodySchemaAt(document, `${operation.pointer}/requestBody`);
  }

  function answerPlace(id: string, status: number): string | null {
    const operation = documented.get(id);
    const response = operation === undefined ? null : responseAt(document, operation, status);
    return response === null ? null : bodySchemaAt(document, response);
  }

  return {
    callback: (event, body) =>
      validateBody(
        placeOf(`callback ${event.name}`, () => callbackPlace(event)),
        body,
      ),
    request: (id, body) =>
      validateBody(
        placeOf(`request ${id}`, () => requestPlace(id)),
        body,
      ),
    answer(id, status, body) {
      const find = (): string | null => answerPlace(id, status);
      // Only valid HTTP statuses are cached, because a capture can contain any number.
      return validateBody(
        status >= 100 && status < 600 ? placeOf(`answer ${id} ${status}`, find) : find(),
        body,
      );
    },
  };
}
