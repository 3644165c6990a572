import { bodySchemaAt, responseAt } from '../document-schemas.ts';
import type { ErrorRole } from '../lifecycle.ts';
import type { Operation } from '../pack.ts';
import { step } from '../pointer.ts';
import type { Run } from './start-run.ts';

/** Checks every error that an operation can return, if the document describes that response. */
export function dryRunErrors({ pack, lifecycle, documented, validate }: Run, operation: Operation): void {
  const described = documented.get(operation.id);
  if (described === undefined) return;
  const schemaFor = (status: number) => {
    const response = responseAt(pack.document, described, status);
    return response === null ? null : bodySchemaAt(pack.document, response);
  };
  const { codes } = lifecycle.errors;
  for (const [index, { code }] of codes.entries()) {
    const error = pack.errors.forCode(String(code));
    const schema = error === null ? null : schemaFor(error.status);
    if (error === null || schema === null) continue;
    validate({
      body: error.body,
      schema,
      template: '/errors/body',
      shownBy: `code ${code} of ${operation.method} ${operation.path}`,
      sourceOf: (expression) => sourceInTable(expression, index),
    });
  }
  for (const { role, template } of wholeAnswers(lifecycle, operation)) {
    const { status, body } = pack.errors.forRole(role, undefined, { ...NO_REQUEST, operation: operation.id });
    const schema = body === '' ? null : schemaFor(status);
    const shownBy = `"${role}" of ${operation.method} ${operation.path}`;
    if (schema !== null) validate({ body, schema, template, shownBy });
  }
}

/** Returns the roles for which an operation has a complete answer, with the pointer to its body. */
function wholeAnswers({ errors }: Run['lifecycle'], operation: Operation) {
  const { answers = {}, answersOf = {} } = errors;
  const own = answersOf[operation.id] ?? {};
  return (Object.keys({ ...answers, ...own }) as ErrorRole[])
    .filter((role) => canReturn(operation, role))
    .map((role) => {
      const at = Object.hasOwn(own, role) ? `/errors/answersOf${step(operation.id)}` : '/errors/answers';
      return { role, template: `${at}/${role}/body` };
    });
}

const NO_REQUEST = { query: () => undefined, header: () => undefined, pathParams: {}, body: undefined };

function sourceInTable(expression: string, index: number): string | null {
  const field = /\$error\.(code|message)/.exec(expression)?.[1];
  return field === undefined ? null : `/errors/codes/${index}/${field}`;
}

/** Unknown paths do not belong to an operation, and only operations that name a task can meet an unknown one. */
function canReturn(operation: Operation, role: ErrorRole): boolean {
  if (role !== 'unknownTask') return role !== 'unknownRoute' && role !== 'methodNotAllowed';
  if (operation.type === 'list') return false;
  if (operation.type !== 'submit') return true;
  const rules = Object.values(operation.parent?.rules ?? {});
  return rules.some((rule) => rule.type === 'refuse' && rule.role === role);
}
