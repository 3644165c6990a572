import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { answerDefect } from './answer-defect.ts';

/** Serves the built page at `/__console/`. Its files are read when somebody first asks for them. */
export interface ConsoleRoutes {
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

const FOLDER = join(PACKAGE_ROOT, 'dist/console');
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Nothing from anywhere else, and no script that is not a file of ours: text from requests can never run. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

const files = new Map<string, Promise<Buffer>>();

function open(name: string): Promise<Buffer> {
  const known = files.get(name) ?? readFile(join(FOLDER, name));
  files.set(name, known);
  known.catch(() => files.delete(name));
  return known;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'EISDIR') return null;
  throw error;
}

/** Reads all files of the page now. */
export async function preloadConsole(): Promise<void> {
  // Without a build there is no page, which is for the page's own answer to say.
  const names = await readdir(FOLDER).catch(() => []);
  await Promise.all(names.map(open));
}

export function createConsoleRoutes(): ConsoleRoutes {
  async function serve(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    const bytes = await open(name).catch(absent);
    if (bytes === null) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8', ...SECURITY_HEADERS });
      response.end(
        name === 'index.html'
          ? 'The console has not been built: npm run build\n'
          : 'The console has no such file.\n',
      );
      return;
    }
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': bytes.length, ...SECURITY_HEADERS });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  }

  return {
    handle(request, response, path) {
      request.resume();
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD' }).end();
        return;
      }
      // The page's own addresses are relative to a folder.
      if (path === '/__console') {
        response.writeHead(308, { location: '/__console/' }).end();
        return;
      }
      const name = path.slice('/__console/'.length);
      // One flat folder: whatever is no plain name is not in it.
      const isPlain = /^[\w-][\w.-]*$/.test(name);
      const file = name === '' ? 'index.html' : isPlain ? name : 'none';
      serve(request, response, file).catch((error: unknown) => answerDefect(response, error));
    },
  };
}
