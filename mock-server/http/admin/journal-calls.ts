import type { Express, Request } from 'express';
import type { JournalFilter } from '../../journal/matches-filter.ts';
import { presentEntry } from '../../journal/unpack-entry.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { changesState } from './changes-state.ts';
import { createEventStreams } from './event-stream.ts';
import { pageOfJournal } from './list-pages.ts';
import { acceptsQuery, journalFilterOf, limitOf } from './parameters.ts';
import { linkNext, sendList } from './send-list.ts';

/** Adds the calls that list, stream and clear the journal. */
export function addJournalCalls(app: Express, { engine, commands, journal }: AdminTools): void {
  const events = createEventStreams(journal);

  /** Entries have the id of a task; a filter may have one that its client chose. */
  function filterOf(request: Request): JournalFilter {
    const filter = journalFilterOf(request);
    const task = filter.taskId === undefined ? undefined : engine.tasks.find(filter.taskId);
    return task === undefined ? filter : { ...filter, taskId: task.plan.taskId };
  }

  app
    .route('/journal')
    .get(acceptsQuery('type', 'taskId', 'since', 'limit'), async (request, response) => {
      const filter = filterOf(request);
      const limit = limitOf(request);
      const { upTo, hasMore } = await pageOfJournal(journal, filter, limit);
      if (hasMore && limit > 0) linkNext(request, response, 'since', String(upTo));
      await sendList(request, response, journal.read({ ...filter, upTo }), (record) =>
        record === null ? null : presentEntry(record, journal.secrets),
      );
    })
    .delete(
      acceptsQuery(),
      changesState(journal, async () => {
        await commands.run({ type: 'clear-journal' });
        return { status: 204 };
      }),
    )
    .all(refuseMethod);
  app
    .route('/events')
    .get(acceptsQuery('type', 'taskId', 'since'), (request, response) => {
      events.open(request, response, filterOf(request));
    })
    .all(refuseMethod);
}
