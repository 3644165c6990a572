import { METHODS } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { CodedError } from '../../core/coded-error.ts';
import { ERRORS } from '../../core/error-codes.ts';
import { failureOf } from '../answer-defect.ts';
import { type Problem, problemOf, sendProblem } from '../problem.ts';
import { badRequest } from './parameters.ts';

/** The last handler of every path: only unsupported methods reach it. */
export const refuseMethod: RequestHandler = (request, response) => {
  const { methods } = request.route as { readonly methods: Readonly<Record<string, boolean>> };
  const allowed = Object.keys(methods)
    .map((method) => method.toUpperCase())
    .filter((method) => METHODS.includes(method));
  response.setHeader('allow', allowed.join(', '));
  sendProblem(response, {
    status: 405,
    title: ERRORS.METHOD_UNKNOWN.title,
    detail: `${request.method} is not supported here. Supported methods: ${allowed.join(', ')}.`,
    code: 'METHOD_UNKNOWN',
    remedy: 'See GET /__admin/openapi.json for the list of calls.',
  });
};

/** The last handler of all: only unknown paths reach it. */
export const refuseUnknown: RequestHandler = (request, response) => {
  sendProblem(response, {
    status: 404,
    title: ERRORS.CALL_UNKNOWN.title,
    detail: `${request.method} ${request.originalUrl.split('?')[0]} is not a call of the admin API.`,
    code: 'CALL_UNKNOWN',
    remedy: 'See GET /__admin/openapi.json for the list of calls.',
  });
};

/** Answers with problem details in place of a stack trace. */
export const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendProblem(response, problemFrom(error));
};

function problemFrom(error: unknown): Problem {
  if (error instanceof CodedError) return problemOf(error);
  const { status = 500 } = (error ?? {}) as { readonly status?: number };
  const message =
    error instanceof Error ? error.message.slice(0, 300) : 'a value that is not an Error was thrown';
  if (status >= 500) return failureOf(error);
  // Errors of Express and its body parser.
  return { ...problemOf(badRequest(message)), status };
}
