import { bodySchemaAt, responseAt } from '../document-schemas.ts';
import type { Answer } from '../error-answers.ts';
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
  const { codes, answers = {} } = lifecycle.errors;
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
  const own = operation.type === 'poll' || operation.type === 'cancel' ? operation.unknownTask : null;
  for (const role of Object.keys(answers) as ErrorRole[]) {
    if (!canReturn(operation, role) || (role === 'unknownTask' && own !== null)) continue;
    check(pack.errors.forRole(role), role, `/errors/answers/${role}/body`);
  }
  if (own !== null) {
    const pointer = `/operations${step(operation.id)}/unknownTask/body`;
    check(own('some-task is not a known task', undefined), 'unknownTask', pointer);
  }

  function check({ status, body }: Answer, role: ErrorRole, template: string): void {
    const schema = body === '' ? null : schemaFor(status);
    const shownBy = `"${role}" of ${operation.method} ${operation.path}`;
    if (schema !== null) validate({ body, schema, template, shownBy });
  }
}

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
