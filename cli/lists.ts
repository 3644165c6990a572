import { listScenarios, loadPacks, type Pack } from '../mock-server/index.ts';
import { formatDuration, type PackSite, placePacks } from '../mock-server/internal.ts';
import { EXIT } from './exit-codes.ts';
import { type Printer, table } from './print.ts';
import { type ServerFlags, serverOptions } from './server-options.ts';

/** `packs`: lists the operations, events and facts of each pack. */
export function listPacks(flags: ServerFlags, printer: Printer): number {
  for (const place of placePacks(loadPacks(serverOptions(flags)), {})) {
    printer.object(packObject(place));
    printPack(place, printer);
  }
  return EXIT.ok;
}

/** `scenarios`: lists all scenarios. */
export function listAllScenarios(flags: ServerFlags, printer: Printer): number {
  const scenarios = listScenarios(loadPacks(serverOptions(flags)));
  for (const scenario of scenarios) printer.object(scenario);
  const rows = scenarios.map(({ name, summary }) => [printer.paint('bold', name), summary]);
  for (const row of table(rows)) printer.line(row);
  printer.line('');
  printer.line('Combine scenarios with "+": fail.nsfw+callback.duplicate');
  printer.line('Select a scenario with the header X-Mock-Scenario, with [[scenario:NAME]] in the prompt,');
  printer.line('with POST /__admin/scenarios {"scenario":"NAME","times":2}, or with --scenario NAME.');
  return EXIT.ok;
}

/** `events`: lists all events and how their callbacks are delivered. */
export function listEvents(flags: ServerFlags, printer: Printer): number {
  for (const pack of loadPacks(serverOptions(flags))) {
    for (const event of pack.events.values()) {
      const sender = pack.operations.find(
        (operation) => operation.type === 'submit' && operation.event === event,
      );
      const object = {
        event: event.name,
        sentAfter: sender === undefined ? null : `${sender.method} ${sender.path}`,
        states: [...event.bodies.keys()],
        delivery: deliveryObject(pack),
      };
      printer.object(object);
      printer.line(
        `${printer.paint('bold', event.name)}  after ${object.sentAfter}, on ${object.states.join(', ')}`,
      );
    }
    printer.line(
      pack.events.size > 0 ? `  ${deliveryText(pack)}` : `${printer.paint('bold', pack.name)}  ${POLL_ONLY}`,
    );
  }
  return EXIT.ok;
}

function packObject({ pack, bases, displacedBy }: PackSite) {
  const { name, title, profile, profiles, operations, events, pages, facts } = pack;
  return {
    name,
    title,
    profile,
    profiles,
    bases,
    displacedBy,
    operations: operations.map(({ id, method, path, type }) => ({ id, method, path, does: type })),
    events: [...events.keys()],
    delivery: deliveryObject(pack),
    facts: facts.map((fact) => ({
      ...fact,
      pages: (fact.pages ?? []).map((page) => pages[page]?.source ?? page),
    })),
  };
}

function deliveryObject({ delivery }: Pack) {
  const { ackTimeoutMs, ackStatus, ackBody, endsRetries, retries, gapsMs, gapJitter } = delivery;
  return {
    ackTimeout: formatDuration(ackTimeoutMs),
    ackStatus,
    ...(ackBody === null ? {} : { ackBody }),
    ...(endsRetries === null ? {} : { endsRetries }),
    retries,
    gaps: gapsMs.map(formatDuration),
    ...(gapJitter === 0 ? {} : { gapJitter: `${100 * gapJitter}%` }),
  };
}

function deliveryText(pack: Pack): string {
  const { ackTimeout, ackStatus, ackBody, endsRetries, retries, gaps, gapJitter } = deliveryObject(pack);
  const retryText =
    retries === 0
      ? 'no retries'
      : `${retries} ${retries === 1 ? 'retry' : 'retries'} after ${gaps.join(', ')}`;
  const bodyText = ackBody === undefined ? '' : ` and the body ${JSON.stringify(ackBody)}`;
  const jitterText = gapJitter === undefined ? '' : ` (±${gapJitter})`;
  const endText = endsRetries === undefined ? '' : `; none after HTTP ${endsRetries}`;
  return `delivery: HTTP ${ackStatus}${bodyText} within ${ackTimeout}, otherwise ${retryText}${jitterText}${endText}`;
}

const POLL_ONLY = 'no callbacks; clients must poll';

const GRADE_STYLE = { documented: 'green', observed: 'cyan', assumed: 'yellow' } as const;

function printPack({ pack, base, displacedBy }: PackSite, printer: Printer): void {
  const { paint, line } = printer;
  line(`${paint('bold', pack.name)}  ${pack.title}`);
  line(`  profile    ${pack.profile} (available: ${pack.profiles.join(', ')})`);
  line(
    `  served     at ${base}${displacedBy === null ? ' and at the root' : `; the root serves these paths for ${displacedBy}`}`,
  );
  for (const { method, path, type } of pack.operations) line(`  ${type.padEnd(9)}  ${method} ${path}`);
  if (pack.events.size === 0) line(`  events     ${POLL_ONLY}`);
  else line(`  events     ${[...pack.events.keys()].join(', ')}\n  ${deliveryText(pack)}`);
  line('  facts:');
  for (const { grade, fact, pages = [], headings = {}, disagrees, differs = {} } of pack.facts) {
    const places = pages.map((page) => {
      const title = pack.pages[page]?.title ?? page;
      return headings[page] === undefined ? title : `${title}, "${headings[page]}"`;
    });
    const source = places.length > 0 ? `  [${places.join('; ')}]` : '';
    line(`    ${paint(GRADE_STYLE[grade], grade.padEnd(10))}  ${fact}${source}`);
    if (disagrees !== undefined) line(`                pages disagree: ${disagrees}`);
    for (const [profile, what] of Object.entries(differs)) line(`                ${profile}: ${what}`);
  }
  line('');
}
