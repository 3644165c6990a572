import { findCallback, listOperations } from './document.ts';
import { bodySchemaAt, responseAt, type SchemaCompiler, schemaCompiler } from './document-schemas.ts';
import { explainViolation } from './explain-violation.ts';
import type { Pack, PackEvent } from './pack.ts';
import { tellingErrors } from './telling-errors.ts';

/** One thing that a pack's document has against a message. */
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
  const documented = listOperations(document);
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

  return {
    callback(event, body) {
      const sender = operations.find((one) => one.type === 'submit' && one.event?.name === event.name);
      const operation = documented.find(({ id }) => id === sender?.id);
      if (operation === undefined) return null;
      const { pointer } = findCallback(document, operation, event.callback);
      return judge(bodySchemaAt(document, `${pointer}/post/requestBody`), body);
    },
    request(id, body) {
      const operation = documented.find((one) => one.id === id);
      if (operation === undefined) return null;
      return judge(bodySchemaAt(document, `${operation.pointer}/requestBody`), body);
    },
    answer(id, status, body) {
      const operation = documented.find((one) => one.id === id);
      const response = operation === undefined ? null : responseAt(document, operation, status);
      return response === null ? null : judge(bodySchemaAt(document, response), body);
    },
  };
}
