import type { Express } from 'express';
import { findMedia, mediaNamesOf } from '../media/find-media.ts';
import { createMediaLibrary } from '../media/media-library.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { acceptsQuery } from './parameters.ts';
import { taskWith } from './task-calls.ts';

/** Adds the calls that show the media of a task. Unlike downloads, they are not in the journal. */
export function addMediaCalls(app: Express, { packs, engine, clock }: AdminTools): void {
  const library = createMediaLibrary();
  const packOf = (name: string) => packs.find((pack) => pack.name === name);
  app
    .route('/tasks/:id/media')
    .get(acceptsQuery(), (request, response) => {
      const task = taskWith(engine, request.params.id);
      const pack = packOf(task.plan.pack);
      response.json(
        mediaNamesOf(task, pack).map((name) => {
          const found = findMedia(task, pack, name, clock.now());
          if (found.type === 'refused') return { name, status: found.status, contentType: null };
          return { name, status: 200, contentType: library.open(found.kind.file).contentType };
        }),
      );
    })
    .all(refuseMethod);
  app
    .route('/tasks/:id/media/:name')
    .get(acceptsQuery(), (request, response) => {
      const task = taskWith(engine, request.params.id);
      const found = findMedia(task, packOf(task.plan.pack), request.params.name, clock.now());
      if (found.type === 'refused') {
        response.status(found.status).type('text/plain').send(`${found.because}\n`);
        return;
      }
      const { bytes, contentType } = library.open(found.kind.file);
      response.type(contentType).send(bytes);
    })
    .all(refuseMethod);
}
