import type { CaseReport, SuiteReport } from '../report.ts';
import { concludeRun, findingsOf, type RunFindings } from './conclude-run.ts';
import { describeSubject } from './describe-subject.ts';
import { type FirstContact, meetReceiver } from './first-contact.ts';
import { createHangWatch } from './hang-watch.ts';
import { type CaseSurroundings, openCase } from './open-case.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import { replayLine } from './replay-line.ts';
import { openRunResources } from './run-resources.ts';
import { createRunner, type Runner } from './runner.ts';
import type { Subject } from './subject.ts';

/** An open judging session for one receiver, and the cases that can be run against it. */
export interface Session extends RunFindings, Runner {
  readonly subject: Subject;
  readonly cases: readonly ReceiverCase[];
  /** Whether several consecutive callbacks timed out while cases ran in parallel. */
  readonly isOverloaded: boolean;
  /** Builds the report. */
  conclude(reports: readonly CaseReport[]): SuiteReport;
  close(): Promise<void>;
}

/**
 * Opens a session, and sends a first callback to learn whether the receiver is reachable and what it does.
 * @throws {CodedError} RECEIVER_UNREACHABLE, PROBE_UNUSABLE
 */
export async function openSession(settings: ReceiverSettings): Promise<Session> {
  const startedAt = new Date();
  const open: { close(): unknown }[] = [];
  const keepOpen = (thing: { close(): unknown }): void => void open.push(thing);
  const close = async (): Promise<void> => {
    for (const thing of open.splice(0).reverse()) await thing.close();
  };
  try {
    const resources = await openRunResources(settings, keepOpen);
    const subject = await describeSubject(settings, resources.observations);
    const surroundings = { settings, resources, subject, keepOpen };
    const contact = await meet(surroundings);
    const watch = createHangWatch(contact.halt?.headline.text ?? null, settings.nameOption);
    const runner = createRunner({
      ...settings,
      subject,
      watch,
      halt: contact.halt,
      lag: resources.lag,
      replay: (id) => replayLine(id, settings.seed, settings.flags),
      openContext: (one, run) => openCase(surroundings, contact, one, run),
    });
    const findings = (): RunFindings => findingsOf(contact, watch, subject);
    return {
      ...runner,
      subject,
      cases: settings.cases,
      get headlines() {
        return findings().headlines;
      },
      get inconclusive() {
        return findings().inconclusive;
      },
      get isOverloaded() {
        return watch.isOverloaded;
      },
      conclude: (reports) =>
        concludeRun({ settings, subject, resources, startedAt, reports, findings: findings() }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const FIRST_CONTACT = { id: 'first contact' } as const;

async function meet(surroundings: CaseSurroundings): Promise<FirstContact> {
  const { settings, resources } = surroundings;
  const context = await openCase(surroundings, null, FIRST_CONTACT, {
    ackTimeoutMs: settings.ackTimeoutMs,
    onAttempt: () => undefined,
  });
  try {
    return await meetReceiver(context, settings, resources);
  } finally {
    context.close();
  }
}
