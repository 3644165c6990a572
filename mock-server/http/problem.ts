import type { ServerResponse } from 'node:http';
import type { CodedError, ErrorCode } from '../core/coded-error.ts';
import { SAFE_HEADERS } from './safe-headers.ts';

/** Problem details (RFC 9457) with an error code and a remedy. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The default is `DEFECT`. */
  readonly code?: ErrorCode;
  readonly remedy?: string;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  TASK_UNKNOWN: 404,
  TASK_FINISHED: 409,
  NO_CALLBACK: 409,
  CLOCK_BACKWARDS: 409,
  QUEUE_FULL: 409,
  CLOCK_ENDLESS: 500,
  DATA_UNWRITABLE: 503,
  STORE_UNREACHABLE: 503,
  STORE_BEHIND: 503,
  STORE_UNUSABLE: 503,
  MEMORY_FULL: 503,
  // These files belong to the mock, so the caller is not at fault.
  PACK_UNREADABLE: 500,
  PACK_INVALID: 500,
};

export function problemOf(error: CodedError): Problem {
  const { code, title, message, remedy } = error;
  return { status: STATUS[code] ?? 400, title, detail: message, code, ...(remedy === '' ? {} : { remedy }) };
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const { code = 'DEFECT', ...rest } = problem;
  const body = JSON.stringify({ type: `urn:stuntdouble:${code}`, code, ...rest });
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...SAFE_HEADERS,
    // RFC 9110, 15.5.2: a 401 must name the authentication scheme.
    ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(body);
}
