import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdminRoutesOptions } from './admin-routes.ts';
import { createMediaRoutes, type MediaRoutesOptions } from './media-routes.ts';
import { sendProblem } from './problem.ts';
import { createSinkRoutes } from './sink-routes.ts';
import { createVendorRoutes, type VendorRoutesOptions } from './vendor-routes.ts';

/** What `node:http`, Connect and Express all understand. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

export interface AppOptions {
  readonly vendor: VendorRoutesOptions;
  readonly media: MediaRoutesOptions;
  readonly admin: AdminRoutesOptions;
}

/** Every route of the mock behind one handler: vendors at the root, our own under `/__…`. */
export function createApp({ vendor, media, admin }: AppOptions): Handler {
  const vendorRoutes = createVendorRoutes(vendor);
  const mediaRoutes = createMediaRoutes(media);
  const sinkRoutes = createSinkRoutes(admin.journal);
  const handleAdmin = lazyAdmin(admin);

  function route(request: IncomingMessage, response: ServerResponse, next?: (error?: unknown) => void): void {
    const path = pathOf(request);
    if (path.startsWith('/__media/')) return mediaRoutes.handle(request, response, path);
    if (path === '/__admin' || path.startsWith('/__admin/')) return handleAdmin(request, response);
    if (path === '/__sink') return sinkRoutes.handle(request, response);
    if (vendorRoutes.handle(request, response, path)) return;
    if (next !== undefined) return next();
    if (path === '/') return welcome(response, admin);
    vendorRoutes.handleUnknown(request, response, path);
  }

  return (request, response, next) => {
    try {
      route(request, response, next);
    } catch (error) {
      fail(response, error);
    }
  };
}

/** Express and what hangs on it load when the first admin call comes, not at the start. */
function lazyAdmin(
  options: AdminRoutesOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  let app: Promise<Handler> | undefined;
  return (request, response) => {
    app ??= import('./admin-routes.ts').then(
      ({ createAdminRoutes }) => createAdminRoutes(options) as Handler,
    );
    const whole = request.url ?? '';
    request.url = whole.slice('/__admin'.length).replace(/^(\?|$)/, '/$1');
    app.then(
      (handle) => handle(Object.assign(request, { originalUrl: whole }), response),
      (error: unknown) => fail(response, error),
    );
  };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

function welcome(response: ServerResponse, { packs, settings }: AdminRoutesOptions): void {
  const operations = packs.flatMap((pack) =>
    pack.operations.map(({ method, path }) => `  ${method} ${path}`),
  );
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(
    [
      `Stunt Double ${settings.version}: a stand-in for ${packs.map(({ title }) => title).join(', ')}`,
      '',
      ...operations,
      '',
      'What happened:     GET  /__admin/tasks, /__admin/journal, /__admin/events',
      'Move time:         POST /__admin/clock {"advance":"14d"}',
      'Everything else:   GET  /__admin/openapi.json',
      '',
    ].join('\n'),
  );
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const detail = error instanceof Error ? error.message : String(error);
  sendProblem(response, { status: 500, title: 'The mock failed; this is a defect.', detail });
}
