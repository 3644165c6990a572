import { findCallback, listOperations } from './document.ts';
import { bodySchemaAt, responseAt, type SchemaCompiler, schemaCompiler } from './document-schemas.ts';
import { explainViolation } from './explain-violation.ts';
import type { Pack, PackEvent } from './pack.ts';
import { tellingErrors } from './telling-errors.ts';

/** A violation of a pack's document by a message. */
export interface MessageProblem {
  /** JSON Pointer into the message; empty for the message as a whole. */
  readonly at: string;
  /** A sentence that names the field, what was expected and what was got. */
  readonly message: string;
}

/** Holds captured messages against a pack's document. */
export interface MessageValidator {
  /** Null when the document describes no body for it. */
  callback(event: PackEvent, body: unknown): MessageProblem[] | null;
  /** The body of a request. @param operation its operationId */
  request(operation: string, body: unknown): MessageProblem[] | null;
  /** @param operation its operationId */
  answer(operation: string, status: number, body: unknown): MessageProblem[] | null;
}

/** Creates a validator of the messages of a pack. Each schema compiles once, when it is first needed. */
export function createMessageValidator({ document, operations }: Pack): MessageValidator {
  const documented = new Map(
    listOperations(document)
      .toReversed()
      .map((operation) => [operation.id, operation]),
  );
  /** Where the document describes each kind of message; null where it does not. */
  const places = new Map<string, string | null>();
  let compile: SchemaCompiler | undefined;

  function judge(schema: string | null, body: unknown): MessageProblem[] | null {
    if (schema === null) return null;
    compile ??= schemaCompiler(document, { thorough: true });
    const validate = compile(schema);
    if (validate(body)) return [];
    return tellingErrors(validate.errors ?? [], document).map((error) => ({
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

  function callbackPlace({ name, callback }: PackEvent): string | null {
    const sender = operations.find((one) => one.type === 'submit' && one.event?.name === name);
    const operation = documented.get(sender?.id ?? '');
    if (operation === undefined) return null;
    const { pointer } = findCallback(document, operation, callback);
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
      judge(
        placeOf(`callback ${event.name}`, () => callbackPlace(event)),
        body,
      ),
    request: (id, body) =>
      judge(
        placeOf(`request ${id}`, () => requestPlace(id)),
        body,
      ),
    answer(id, status, body) {
      const find = (): string | null => answerPlace(id, status);
      // Only the statuses of HTTP are remembered: a capture may claim any number.
      return judge(status >= 100 && status < 600 ? placeOf(`answer ${id} ${status}`, find) : find(), body);
    },
  };
}
