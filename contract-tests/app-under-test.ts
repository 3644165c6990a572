import { type RequestListener, Server } from 'node:http';

/** Handler of the fetch API, as in Hono, Bun, Deno, Workers, and route handlers of frameworks. */
export type FetchHandler = (request: Request) => Response | PromiseLike<Response>;

/** Every kind of app that can be judged in this process. */
export type App =
  | RequestListener
  | Server
  | FetchHandler
  | { fetch(request: Request): Response | PromiseLike<Response> }
  | { callback(): RequestListener }
  | { ready(): unknown; readonly routing: unknown }
  | (() => App | PromiseLike<App>)
  | Promise<App>;

/** How an app is called: as a node:http listener, as a fetch handler, or as either, decided by its first call. */
export type Handler =
  | { readonly style: 'node'; readonly handle: NodeHandler }
  | { readonly style: 'fetch'; readonly handle: (request: Request) => unknown }
  | { readonly style: 'either'; readonly handle: (...parts: readonly unknown[]) => unknown };

/** A listener; Express and Connect call `next` for requests that they do not answer. */
export type NodeHandler = (
  ...parts: [...Parameters<RequestListener>, next: (error?: unknown) => void]
) => unknown;

export const ACCEPTED_APPS =
  'Supported apps: an Express or Connect app, a node:http listener (request, response) or server, a Fastify instance, a Koa app, a Hono app or another object with fetch(request), a fetch handler (request) => Response, and a function that returns one of these.';

/**
 * Determines how an app is called and prepares it.
 * @throws {UnusableApp} for an app that cannot be served, with the supported kinds
 */
export async function resolveApp(given: unknown): Promise<Handler> {
  // Fastify instances have their own method after that.
  const app: unknown = given instanceof Promise ? await given : given;
  const own = await handlerOf(app);
  if (own !== null) return own;
  if (typeof app !== 'function') throw notAnApp(describe(app));
  const handle = app as (...parts: readonly unknown[]) => unknown;
  if (handle.length >= 3) return { style: 'node', handle };
  // A node:http listener needs two parameters, because it answers through the second.
  if (handle.length === 1) return { style: 'fetch', handle };
  if (handle.length === 2) return { style: 'either', handle };
  return fromFactory(handle);
}

/** Recognizes the app of a framework by its methods. */
async function handlerOf(app: unknown): Promise<Handler | null> {
  if (app instanceof Server) {
    return { style: 'node', handle: (request, response) => app.emit('request', request, response) };
  }
  if ((typeof app !== 'object' && typeof app !== 'function') || app === null) return null;
  const has = (name: string): boolean => typeof Reflect.get(app, name) === 'function';
  const call = (name: string): unknown => Reflect.apply(Reflect.get(app, name), app, []);
  if (has('ready') && has('routing')) {
    await call('ready');
    return { style: 'node', handle: (request, response) => Reflect.get(app, 'routing')(request, response) };
  }
  if (has('init') && has('getHttpAdapter')) {
    await call('init');
    const adapter = call('getHttpAdapter') as { getInstance(): unknown };
    return resolveApp(adapter.getInstance());
  }
  if (has('fetch'))
    return { style: 'fetch', handle: (request) => Reflect.get(app, 'fetch').call(app, request) };
  if (has('callback')) return resolveApp(call('callback'));
  if (typeof app === 'function' && has('handle')) {
    return { style: 'node', handle: app as NodeHandler };
  }
  return null;
}

/** A function without parameters either builds an app or is a fetch handler that ignores the request. */
async function fromFactory(make: (...parts: readonly unknown[]) => unknown): Promise<Handler> {
  let made: unknown;
  try {
    made = await make();
  } catch (error) {
    // A handler that reads its arguments in another way; its first call shows its kind.
    if (error instanceof TypeError && /undefined/.test(error.message))
      return { style: 'either', handle: make };
    throw new Error(`The function passed as "app" failed: ${(error as Error)?.message ?? error}`, {
      cause: error,
    });
  }
  if (isResponse(made)) return { style: 'fetch', handle: make };
  if (typeof made === 'function' && made.length === 0) {
    throw notAnApp('a function that returns a function without parameters');
  }
  const isNothing = made === undefined || made === null;
  if (isNothing || (typeof made !== 'object' && typeof made !== 'function')) {
    throw notAnApp(`a function that returned ${describe(made)}`);
  }
  return resolveApp(made);
}

export function isResponse(value: unknown): value is Response {
  if (value instanceof Response) return true;
  // Detects responses of another realm or of a polyfill.
  if (typeof value !== 'object' || value === null) return false;
  return (
    typeof Reflect.get(value, 'status') === 'number' &&
    typeof Reflect.get(value, 'arrayBuffer') === 'function'
  );
}

/** Error for an app that cannot be called; the message lists the supported kinds. */
export class UnusableApp extends TypeError {
  override readonly name = 'UnusableApp';
}

function notAnApp(what: string): UnusableApp {
  return new UnusableApp(`The app is ${what}, which cannot be served. ${ACCEPTED_APPS}`);
}

/** Describes a value in a few words: `undefined`, `the string "x"`, `an object with the keys a, b`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `a function with ${value.length} parameters`;
  if (typeof value !== 'object') return `the ${typeof value} ${JSON.stringify(value) ?? String(value)}`;
  const keys = Object.keys(value).slice(0, 5);
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  const kind = name === undefined || name === 'Object' ? 'an object' : `an object of class ${name}`;
  return keys.length === 0 ? `${kind} without keys` : `${kind} with the keys ${keys.join(', ')}`;
}
