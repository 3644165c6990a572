import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Handler } from '../../mock-server/index.ts';
import type { Request } from '../runway-requests.ts';

export interface Injected {
  readonly status: number;
  readonly body: string;
}

/** Never connected, because injected requests use no network. */
const NOWHERE = new Socket();

/**
 * Passes a request directly to the mock's handler, as `node:http` would. This includes routing, validation, planning,
 * and journal, but not sockets and HTTP parsing, so that the cost of the engine is visible.
 */
export function inject(handler: Handler, { method, path, headers, body }: Request): Promise<Injected> {
  const request = new IncomingMessage(NOWHERE);
  request.method = method;
  request.url = path;
  request.headers = { host: '127.0.0.1:4010', ...headers };
  if (body !== '') request.push(body);
  request.push(null);
  return new Promise((resolve) => handler(request, new InjectedResponse(request, resolve)));
}

class InjectedResponse extends ServerResponse {
  readonly #resolve: (answer: Injected) => void;

  constructor(request: IncomingMessage, resolve: (answer: Injected) => void) {
    super(request);
    this.#resolve = resolve;
  }

  override end(chunk?: unknown): this {
    this.#resolve({ status: this.statusCode, body: typeof chunk === 'string' ? chunk : '' });
    return this;
  }
}
