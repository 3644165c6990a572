import { answersClientFailure } from './cases/acknowledgement/answers-client-failure.ts';
import { answersServerFailure } from './cases/acknowledgement/answers-server-failure.ts';
import { answersSuccess } from './cases/acknowledgement/answers-success.ts';
import { doesNotRedirect } from './cases/acknowledgement/does-not-redirect.ts';
import { mayAnswerAnyBody } from './cases/acknowledgement/may-answer-any-body.ts';
import { acceptsAnyKeyOrder } from './cases/envelope/accepts-any-key-order.ts';
import { acceptsFailureWithoutExtras } from './cases/envelope/accepts-failure-without-extras.ts';
import { acceptsFailureWithoutUrls } from './cases/envelope/accepts-failure-without-urls.ts';
import { acceptsUnknownKeys } from './cases/envelope/accepts-unknown-keys.ts';
import { fetchesEveryUrl } from './cases/envelope/fetches-every-url.ts';
import { refusesWhatIsNoCallback } from './cases/envelope/refuses-what-is-no-callback.ts';
import { storesAnyText } from './cases/envelope/stores-any-text.ts';
import { survivesBadEmbeddedJson } from './cases/envelope/survives-bad-embedded-json.ts';
import { survivesMissingData } from './cases/envelope/survives-missing-data.ts';
import { classesDocumentedFailures } from './cases/failures/classes-documented-failures.ts';
import { classesEveryWording } from './cases/failures/classes-every-wording.ts';
import { retriesServerFailures } from './cases/failures/retries-server-failures.ts';
import { takesUnlistedCodes } from './cases/failures/takes-unlisted-codes.ts';
import { keepsTasksApart } from './cases/idempotency/keeps-tasks-apart.ts';
import { knowsTaskById } from './cases/idempotency/knows-task-by-id.ts';
import { worksOnceAfterRestart } from './cases/idempotency/works-once-after-restart.ts';
import { worksOnceForConcurrentDuplicate } from './cases/idempotency/works-once-for-concurrent-duplicate.ts';
import { worksOnceForDuplicate } from './cases/idempotency/works-once-for-duplicate.ts';
import { worksOnceForWholeTrain } from './cases/idempotency/works-once-for-whole-train.ts';
import { worksOnceWhenAckIsLost } from './cases/idempotency/works-once-when-ack-is-lost.ts';
import { fetchesAgain } from './cases/media/fetches-again.ts';
import { fetchesAllMedia } from './cases/media/fetches-all-media.ts';
import { fetchesSoon } from './cases/media/fetches-soon.ts';
import { copesWithExpiredMedia } from './cases/order/copes-with-expired-media.ts';
import { doesNotEndOnProgress } from './cases/order/does-not-end-on-progress.ts';
import { keepsSuccessAfterLateFailure } from './cases/order/keeps-success-after-late-failure.ts';
import { keepsSuccessAfterLateProgress } from './cases/order/keeps-success-after-late-progress.ts';
import { takesCallbackBeforeCreateAnswer } from './cases/order/takes-callback-before-create-answer.ts';
import { worksOnceAfterPolling } from './cases/order/works-once-after-polling.ts';
import { findsResultByItself } from './cases/robustness/finds-result-by-itself.ts';
import { checksSignatures } from './cases/security/checks-signatures.ts';
import { comparesExactSignatures } from './cases/security/compares-exact-signatures.ts';
import { comparesWholeSignatures } from './cases/security/compares-whole-signatures.ts';
import { doesNotFetchFromInside } from './cases/security/does-not-fetch-from-inside.ts';
import { doubtsForgedSuccess } from './cases/security/doubts-forged-success.ts';
import { findsGoodSignatureAmongOthers } from './cases/security/finds-good-signature-among-others.ts';
import { refusesFutureSignatures } from './cases/security/refuses-future-signatures.ts';
import { survivesHostileTaskId } from './cases/security/survives-hostile-task-id.ts';
import { verifiesReceivedBytes } from './cases/security/verifies-received-bytes.ts';
import { answersBeforeHangingDownload } from './cases/timing/answers-before-hanging-download.ts';
import { answersBeforeSlowDownload } from './cases/timing/answers-before-slow-download.ts';
import { answersFast } from './cases/timing/answers-fast.ts';
import { copesWithManyAtOnce } from './cases/timing/copes-with-many-at-once.ts';
import type { ReceiverCase } from './receiver-case.ts';

/** All receiver cases, in the order in which they are printed. Ids are never reused. */
export const RECEIVER_CASES: readonly ReceiverCase[] = [
  answersSuccess,
  answersClientFailure,
  answersServerFailure,
  doesNotRedirect,
  mayAnswerAnyBody,
  answersBeforeSlowDownload,
  answersBeforeHangingDownload,
  answersFast,
  copesWithManyAtOnce,
  worksOnceForDuplicate,
  worksOnceForConcurrentDuplicate,
  worksOnceWhenAckIsLost,
  worksOnceForWholeTrain,
  knowsTaskById,
  worksOnceAfterRestart,
  keepsTasksApart,
  keepsSuccessAfterLateFailure,
  takesCallbackBeforeCreateAnswer,
  worksOnceAfterPolling,
  copesWithExpiredMedia,
  doesNotEndOnProgress,
  keepsSuccessAfterLateProgress,
  acceptsAnyKeyOrder,
  acceptsUnknownKeys,
  acceptsFailureWithoutUrls,
  acceptsFailureWithoutExtras,
  survivesMissingData,
  fetchesEveryUrl,
  survivesBadEmbeddedJson,
  refusesWhatIsNoCallback,
  storesAnyText,
  classesDocumentedFailures,
  classesEveryWording,
  retriesServerFailures,
  takesUnlistedCodes,
  fetchesAllMedia,
  fetchesSoon,
  fetchesAgain,
  checksSignatures,
  doubtsForgedSuccess,
  doesNotFetchFromInside,
  survivesHostileTaskId,
  verifiesReceivedBytes,
  refusesFutureSignatures,
  comparesWholeSignatures,
  comparesExactSignatures,
  findsGoodSignatureAmongOthers,
  findsResultByItself,
];
