import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdminRoutesOptions } from './admin/admin-routes-options.ts';
import { answerDefect } from './answer-defect.ts';
import { createConsoleRoutes } from './console-routes.ts';
import { createMediaRoutes, type MediaRoutesOptions } from './media/media-routes.ts';
import { SAFE_HEADERS, setSafeHeaders } from './safe-headers.ts';
import { createSinkRoutes } from './sink-routes.ts';
import type { Traffic } from './traffic.ts';
import { createVendorRoutes, type VendorRoutesOptions } from './vendor/vendor-routes.ts';

/** A request handler that `node:http`, Connect and Express all accept. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

type OwnHandler = (request: IncomingMessage, response: ServerResponse, path: string) => void;

export interface AppOptions {
  readonly vendor: VendorRoutesOptions;
  readonly media: MediaRoutesOptions;
  readonly admin: AdminRoutesOptions;
  readonly traffic: Traffic;
}

/** Creates one handler for all routes of the mock: vendors at the root, its own routes under `/__…`. */
export function createApp({ vendor, media, admin, traffic }: AppOptions): Handler {
  const vendorRoutes = createVendorRoutes(vendor);
  const mediaRoutes = createMediaRoutes(media);
  const sinkRoutes = createSinkRoutes(admin.journal, admin.intake);
  const consoleRoutes = createConsoleRoutes();
  /** The routes of the mock itself, by the first segment of the path. */
  const ours: Readonly<Record<string, OwnHandler | undefined>> = {
    __media(request, response, path) {
      mediaRoutes.handle(request, response, path);
      traffic.watch(request, response, path);
    },
    __admin: lazyAdmin(admin),
    __console: consoleRoutes.handle,
    __sink: sinkRoutes.handle,
  };

  function route(request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void {
    request.url = targetOf(request, vendor.router);
    const path = pathOf(request.url);
    const own = path.startsWith('/__') ? ours[path.split('/', 2)[1] ?? ''] : undefined;
    if (own !== undefined) {
      setSafeHeaders(response);
      return own(request, response, path);
    }
    const media = mediaPath(path, vendor.router);
    if (media !== null) {
      setSafeHeaders(response);
      return ours.__media?.(request, response, media);
    }
    if (vendorRoutes.handle(request, response, path)) return traffic.watch(request, response, path);
    if (next !== undefined) return next();
    if (path === '/' && isReading(request)) return welcome(response, admin);
    vendorRoutes.handleUnknown(request, response, path);
  }

  return (request, response, next) => {
    try {
      route(request, response, next);
    } catch (error) {
      answerDefect(response, error);
    }
  };
}

/** Loads Express and its dependencies at the first admin call, which keeps the start fast. */
function lazyAdmin(
  options: AdminRoutesOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  let app: Promise<Handler> | undefined;
  return (request, response) => {
    app ??= import('./admin/admin-routes.ts').then(
      ({ createAdminRoutes }) => createAdminRoutes(options) as Handler,
    );
    // A failed load is not cached.
    app.catch(() => {
      app = undefined;
    });
    const whole = request.url ?? '';
    request.url = whole.slice('/__admin'.length).replace(/^(\?|$)/, '/$1');
    app
      .then((handle) => handle(Object.assign(request, { originalUrl: whole }), response))
      .catch((error: unknown) => answerDefect(response, error));
  };
}

/** Returns the path and query of a request, which may name a URL of its vendor in a header. */
function targetOf({ headers, url = '/' }: IncomingMessage, { reach }: VendorRoutesOptions['router']): string {
  return reach(headers) ?? originForm(url);
}

/**
 * Returns the request target as path and query. Clients that treat the mock as a proxy send a whole URL, which a server
 * must accept (RFC 9112, 3.2.2). A fragment is not allowed in a request target, but Node lets it through.
 */
function originForm(target: string): string {
  if (target.startsWith('/') && !target.includes('#')) return target;
  const [withoutFragment = ''] = target.split('#', 1);
  const rest = withoutFragment.replace(/^https?:\/\/[^/?]*/i, '');
  // `OPTIONS *` addresses the server as a whole.
  return rest.startsWith('/') || rest === '*' ? rest : `/${rest}`;
}

function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end < 0 ? target : target.slice(0, end);
}

/** Returns the path of a media file below the prefix of a pack, as it is at the root; null for other paths. */
function mediaPath(path: string, router: VendorRoutesOptions['router']): string | null {
  const start = path.indexOf('/__media/');
  return start > 0 && router.isBase(path.slice(0, start)) ? path.slice(start) : null;
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function welcome(response: ServerResponse, { router, settings }: AdminRoutesOptions): void {
  const { places } = router;
  const operations = places.flatMap(({ pack, bases: [base = ''] }) =>
    pack.routes.map(({ method, path }) => `  ${method} ${base}${path}`),
  );
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', ...SAFE_HEADERS });
  response.end(
    [
      `Stunt Double ${settings.version}: a local mock of ${places.map(({ pack }) => pack.title).join(', ')}`,
      '',
      ...operations,
      '',
      'Console:           open /__console/ in a browser',
      'Tasks and journal: GET  /__admin/tasks, /__admin/journal, /__admin/events',
      'Move time:         POST /__admin/clock {"advance":"14d"}',
      'All admin calls:   GET  /__admin/openapi.json',
      '',
    ].join('\n'),
  );
}
