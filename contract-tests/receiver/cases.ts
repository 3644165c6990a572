import { answersClientFailure } from './cases/acknowledgement/answers-client-failure.ts';
import { answersHandshake } from './cases/acknowledgement/answers-handshake.ts';
import { answersServerFailure } from './cases/acknowledgement/answers-server-failure.ts';
import { answersSuccess } from './cases/acknowledgement/answers-success.ts';
import { doesNotRedirect } from './cases/acknowledgement/does-not-redirect.ts';
import { mayAnswerAnyBody } from './cases/acknowledgement/may-answer-any-body.ts';
import { acceptsAnyKeyOrder } from './cases/envelope/accepts-any-key-order.ts';
import { acceptsFailureWithoutExtras } from './cases/envelope/accepts-failure-without-extras.ts';
import { acceptsFailureWithoutUrls } from './cases/envelope/accepts-failure-without-urls.ts';
import { acceptsUnknownKeys } from './cases/envelope/accepts-unknown-keys.ts';
import { downloadsEveryUrl } from './cases/envelope/downloads-every-url.ts';
import { rejectsOtherRequests } from './cases/envelope/rejects-other-requests.ts';
import { storesAnyText } from './cases/envelope/stores-any-text.ts';
import { survivesBadEmbeddedJson } from './cases/envelope/survives-bad-embedded-json.ts';
import { survivesMissingData } from './cases/envelope/survives-missing-data.ts';
import { classifiesDocumentedFailures } from './cases/failures/classifies-documented-failures.ts';
import { classifiesEveryWording } from './cases/failures/classifies-every-wording.ts';
import { retriesServerFailures } from './cases/failures/retries-server-failures.ts';
import { treatsUnlistedCodesAsFailures } from './cases/failures/treats-unlisted-codes-as-failures.ts';
import { identifiesTaskById } from './cases/idempotency/identifies-task-by-id.ts';
import { processesConcurrentDuplicatesOnce } from './cases/idempotency/processes-concurrent-duplicates-once.ts';
import { processesDuplicateOnce } from './cases/idempotency/processes-duplicate-once.ts';
import { processesOnceAfterLostAck } from './cases/idempotency/processes-once-after-lost-ack.ts';
import { processesOnceAfterRestart } from './cases/idempotency/processes-once-after-restart.ts';
import { processesRetriesOnce } from './cases/idempotency/processes-retries-once.ts';
import { processesSimilarTasks } from './cases/idempotency/processes-similar-tasks.ts';
import { downloadsAllMedia } from './cases/media/downloads-all-media.ts';
import { retriesDownloads } from './cases/media/retries-downloads.ts';
import { startsDownloadsPromptly } from './cases/media/starts-downloads-promptly.ts';
import { acceptsCallbackBeforeCreateResponse } from './cases/order/accepts-callback-before-create-response.ts';
import { acknowledgesExpiredMedia } from './cases/order/acknowledges-expired-media.ts';
import { doesNotEndOnProgress } from './cases/order/does-not-end-on-progress.ts';
import { keepsSuccessAfterLateFailure } from './cases/order/keeps-success-after-late-failure.ts';
import { keepsSuccessAfterLateProgress } from './cases/order/keeps-success-after-late-progress.ts';
import { processesOnceAfterPolling } from './cases/order/processes-once-after-polling.ts';
import { pollsAfterLostCallbacks } from './cases/robustness/polls-after-lost-callbacks.ts';
import { acceptsAnyValidSignature } from './cases/security/accepts-any-valid-signature.ts';
import { comparesExactSignatures } from './cases/security/compares-exact-signatures.ts';
import { comparesWholeSignatures } from './cases/security/compares-whole-signatures.ts';
import { doesNotFetchInternalUrls } from './cases/security/does-not-fetch-internal-urls.ts';
import { doesNotTrustForgedSuccess } from './cases/security/does-not-trust-forged-success.ts';
import { rejectsFutureSignatures } from './cases/security/rejects-future-signatures.ts';
import { survivesHostileTaskId } from './cases/security/survives-hostile-task-id.ts';
import { verifiesReceivedBytes } from './cases/security/verifies-received-bytes.ts';
import { verifiesSignatures } from './cases/security/verifies-signatures.ts';
import { answersBeforeHangingDownload } from './cases/timing/answers-before-hanging-download.ts';
import { answersBeforeSlowDownload } from './cases/timing/answers-before-slow-download.ts';
import { answersFast } from './cases/timing/answers-fast.ts';
import { handlesSimultaneousCallbacks } from './cases/timing/handles-simultaneous-callbacks.ts';
import type { ReceiverCase } from './receiver-case.ts';

/** All receiver cases, in the order in which they are printed. Ids are never reused. */
export const RECEIVER_CASES: readonly ReceiverCase[] = [
  answersSuccess,
  answersClientFailure,
  answersServerFailure,
  doesNotRedirect,
  mayAnswerAnyBody,
  answersHandshake,
  answersBeforeSlowDownload,
  answersBeforeHangingDownload,
  answersFast,
  handlesSimultaneousCallbacks,
  processesDuplicateOnce,
  processesConcurrentDuplicatesOnce,
  processesOnceAfterLostAck,
  processesRetriesOnce,
  identifiesTaskById,
  processesOnceAfterRestart,
  processesSimilarTasks,
  keepsSuccessAfterLateFailure,
  acceptsCallbackBeforeCreateResponse,
  processesOnceAfterPolling,
  acknowledgesExpiredMedia,
  doesNotEndOnProgress,
  keepsSuccessAfterLateProgress,
  acceptsAnyKeyOrder,
  acceptsUnknownKeys,
  acceptsFailureWithoutUrls,
  acceptsFailureWithoutExtras,
  survivesMissingData,
  downloadsEveryUrl,
  survivesBadEmbeddedJson,
  rejectsOtherRequests,
  storesAnyText,
  classifiesDocumentedFailures,
  classifiesEveryWording,
  retriesServerFailures,
  treatsUnlistedCodesAsFailures,
  downloadsAllMedia,
  startsDownloadsPromptly,
  retriesDownloads,
  verifiesSignatures,
  doesNotTrustForgedSuccess,
  doesNotFetchInternalUrls,
  survivesHostileTaskId,
  verifiesReceivedBytes,
  rejectsFutureSignatures,
  comparesWholeSignatures,
  comparesExactSignatures,
  acceptsAnyValidSignature,
  pollsAfterLostCallbacks,
];
