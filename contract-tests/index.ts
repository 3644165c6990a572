/** The judges behind `stuntdouble verify` and `GET /__admin/verdicts`, for use in programs. */
export type { ClientContext, ClientFunction } from './client/client-under-test.ts';
export { type ClientOptions, judgeClient } from './client/judge-client.ts';
export { type JournalJudgeOptions, judgeJournal, judgeJournalInSteps } from './client/judge-journal.ts';
export type { CallbackOf, CallbackPayloads } from './payload/callback-of.ts';
export { judgeReceiver } from './receiver/judge-receiver.ts';
export type { ProbeAnswer } from './receiver/probe.ts';
export type { ReceiverOptions } from './receiver/receiver-options.ts';
export {
  type CaseReport,
  type Conclusion,
  conclude,
  type Status,
  type SuiteReport,
  type Verdict,
} from './report.ts';
