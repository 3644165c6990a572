import type { Request, RequestHandler } from 'express';
import type { Journal } from '../../journal/journal.ts';

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

/**
 * Returns a handler of a call that changes state. The call is answered only after the changes are on disk, if there is
 * a disk, so that they cannot be lost. Every such call must be wrapped in this function.
 */
export function changesState<Params = Record<string, never>>(
  journal: Pick<Journal, 'refusal' | 'durable'>,
  make: (request: Request<Params>) => Reply | Promise<Reply>,
  { evenUnwritable = false } = {},
): RequestHandler<Params> {
  return async (request, response) => {
    const refusal = evenUnwritable ? null : journal.refusal();
    if (refusal !== null) throw refusal;
    const { status, body } = await make(request);
    await journal.durable();
    response.status(status);
    if (body === undefined) response.end();
    else response.json(body);
  };
}
