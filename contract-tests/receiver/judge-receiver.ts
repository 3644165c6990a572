import { refuseUnknownOptions } from '../../mock-server/internal.ts';
import { asOption, type NameOption } from '../name-option.ts';
import type { CaseReport, SuiteReport } from '../report.ts';
import type { ReceiverCase } from './receiver-case.ts';
import { RECEIVER_OPTIONS, type ReceiverOptions } from './receiver-options.ts';
import { type ReceiverSettings, readReceiverSettings } from './receiver-settings.ts';
import { openSession, type Session } from './session.ts';

/**
 * Runs every case that applies to the event against a receiver, and judges its answers and effects.
 * @param nameOption names an option in texts of the report (default: as in a program)
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID, RECEIVER_UNREACHABLE, PROBE_UNUSABLE
 */
export async function judgeReceiver(
  options: ReceiverOptions,
  nameOption: NameOption = asOption,
): Promise<SuiteReport> {
  refuseUnknownOptions('judgeReceiver()', options, RECEIVER_OPTIONS);
  const settings = readReceiverSettings(options, nameOption);
  const session = await openSession(settings);
  try {
    return session.conclude(await judgeAll(session, settings));
  } finally {
    await session.close();
  }
}

/**
 * Runs most cases in parallel. Doubtful failures are then repeated one at a time, followed by the cases that must run
 * alone, and by those whose slow media occupy the receiver's workers.
 */
async function judgeAll(session: Session, settings: ReceiverSettings): Promise<CaseReport[]> {
  const reports = new Map<string, CaseReport>();
  const finish = (report: CaseReport): void => {
    reports.set(report.id, report);
    settings.onFinished(report);
  };
  const { parallel, serial } = judgingOrder(session.cases);
  // A single case runs alone, so load cannot make its result doubtful.
  if (parallel.length === 1) return judgeInTurn(session, [...parallel, ...serial], settings);
  const inDoubt = await judgeTogether(session, parallel, settings, finish);
  for (const report of await judgeInTurn(session, [...inDoubt, ...serial], settings))
    reports.set(report.id, report);
  return session.cases.flatMap(({ id }) => reports.get(id) ?? []);
}

async function judgeInTurn(
  session: Session,
  cases: readonly ReceiverCase[],
  settings: ReceiverSettings,
): Promise<CaseReport[]> {
  const reports: CaseReport[] = [];
  for (const one of cases) {
    settings.onStarted(one.id);
    const report = await session.judge(one);
    settings.onFinished(report);
    reports.push(report);
  }
  return reports;
}

/** Runs cases in parallel. @returns the cases that must be judged again, alone */
async function judgeTogether(
  session: Session,
  cases: readonly ReceiverCase[],
  settings: ReceiverSettings,
  finish: (report: CaseReport) => void,
): Promise<ReceiverCase[]> {
  const inDoubt: ReceiverCase[] = [];
  const queue = cases.values();
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      // A receiver that handles one callback at a time must not fail because of parallel cases.
      if (session.isOverloaded) {
        inDoubt.push(one);
        continue;
      }
      settings.onStarted(one.id);
      const { report, isInDoubt } = await session.runOnce(one);
      if (isInDoubt) inDoubt.push(one);
      else finish(report);
    }
  };
  await Promise.all(Array.from({ length: settings.jobs }, worker));
  return inDoubt;
}

/** Splits cases into those that may run in parallel and those that run in sequence. */
export function judgingOrder(cases: readonly ReceiverCase[]): {
  readonly parallel: readonly ReceiverCase[];
  readonly serial: readonly ReceiverCase[];
} {
  const isParallel = ({ alone, last }: ReceiverCase): boolean => alone !== true && last !== true;
  return {
    parallel: cases.filter(isParallel),
    serial: [
      ...cases.filter(({ alone, last }) => alone === true && last !== true),
      ...cases.filter(({ last }) => last === true),
    ],
  };
}
