import { loadHttpClient } from './delivery/connection.ts';
import { preloadConsole } from './http/console-routes.ts';
import { preloadMedia } from './http/media/media-library.ts';
import { loadSchemaLibrary } from './packs/document-schemas.ts';
import { readPreparedAhead } from './packs/prepared-packs.ts';

/**
 * Loads what the first requests and callbacks need: the modules of the admin API and of the HTTP client, the compiler
 * of schemas, the files of packs, media and console. When the process has no file descriptors left, nothing can be loaded any more, and
 * Node remembers a failed import for the life of the process.
 */
export async function preload(): Promise<void> {
  loadSchemaLibrary();
  readPreparedAhead();
  preloadMedia();
  loadHttpClient();
  await preloadConsole();
  await import('./http/admin/admin-routes.ts');
  const { adminDocument } = await import('./http/admin/admin-document.ts');
  adminDocument();
}
