import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { answerDefect } from './answer-defect.ts';

/** Serves the built console at `/__console/`. Its files are read on first use. */
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

/** Allows resources of this origin alone, and scripts only as files, so that text from requests can never run. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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

/** Reads all files of the console into memory. */
export async function preloadConsole(): Promise<void> {
  // Before the build the folder does not exist, and requests for the page are answered with a hint.
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
          ? 'The console has not been built. Run "npm run build".\n'
          : 'The console does not have this file.\n',
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
      // The page refers to its files by relative addresses, which need the trailing slash.
      if (path === '/__console') {
        response.writeHead(308, { location: '/__console/' }).end();
        return;
      }
      const name = path.slice('/__console/'.length);
      // The folder is flat, so only plain file names can exist in it.
      const isPlain = /^[\w-][\w.-]*$/.test(name);
      const file = name === '' ? 'index.html' : isPlain ? name : 'none';
      serve(request, response, file).catch((error: unknown) => answerDefect(response, error));
    },
  };
}
