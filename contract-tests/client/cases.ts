import { authenticatesEveryCall } from './cases/authentication/authenticates-every-call.ts';
import { keepsKeySecret } from './cases/authentication/keeps-key-secret.ts';
import { stopsAfterRejectedKey } from './cases/authentication/stops-after-rejected-key.ts';
import { completesOnce } from './cases/callbacks/completes-once.ts';
import { fallsBackToPolling } from './cases/callbacks/falls-back-to-polling.ts';
import { pollsRarelyWithCallbacks } from './cases/callbacks/polls-rarely-with-callbacks.ts';
import { callsDocumentedOperations } from './cases/calls/calls-documented-operations.ts';
import { backsOffAfterRateLimit } from './cases/creation/backs-off-after-rate-limit.ts';
import { doesNotResubmitAfterLostResponse } from './cases/creation/does-not-resubmit-after-lost-response.ts';
import { doesNotResubmitInvalidRequest } from './cases/creation/does-not-resubmit-invalid-request.ts';
import { doesNotResubmitUnreachableMedia } from './cases/creation/does-not-resubmit-unreachable-media.ts';
import { pausesDuringMaintenance } from './cases/creation/pauses-during-maintenance.ts';
import { readsCodeInBody } from './cases/creation/reads-code-in-body.ts';
import { reportsLongPrompt } from './cases/creation/reports-long-prompt.ts';
import { respectsConcurrencyLimit } from './cases/creation/respects-concurrency-limit.ts';
import { resubmitsAfterConcurrencyFailure } from './cases/creation/resubmits-after-concurrency-failure.ts';
import { sendsValidBodies } from './cases/creation/sends-valid-bodies.ts';
import { sendsValidCallbackUrl } from './cases/creation/sends-valid-callback-url.ts';
import { spellsOptionalFields } from './cases/creation/spells-optional-fields.ts';
import { usesOwnCallbackUrl } from './cases/creation/uses-own-callback-url.ts';
import { extendsSucceededTasks } from './cases/extension/extends-succeeded-tasks.ts';
import { pollsExtensionNotParent } from './cases/extension/polls-extension-not-parent.ts';
import { doesNotUseExpiredUrls } from './cases/media/does-not-use-expired-urls.ts';
import { downloadsMediaSoon } from './cases/media/downloads-media-soon.ts';
import { reportsExpiredMedia } from './cases/media/reports-expired-media.ts';
import { completesJob } from './cases/outcome/completes-job.ts';
import { acceptsEarlierState } from './cases/polling/accepts-earlier-state.ts';
import { acceptsUnknownState } from './cases/polling/accepts-unknown-state.ts';
import { hasADeadline } from './cases/polling/has-a-deadline.ts';
import { keepsMinimumInterval } from './cases/polling/keeps-minimum-interval.ts';
import { keepsRecommendedInterval } from './cases/polling/keeps-recommended-interval.ts';
import { pollsAgainAfterTransportError } from './cases/polling/polls-again-after-transport-error.ts';
import { pollsAgainUntilVisible } from './cases/polling/polls-again-until-visible.ts';
import { pollsAgainWithoutMedia } from './cases/polling/polls-again-without-media.ts';
import { pollsByExactId } from './cases/polling/polls-by-exact-id.ts';
import { pollsUntilFinished } from './cases/polling/polls-until-finished.ts';
import { readsTimesWithoutZone } from './cases/polling/reads-times-without-zone.ts';
import { reportsFailureReason } from './cases/polling/reports-failure-reason.ts';
import { stopsAfterFailure } from './cases/polling/stops-after-failure.ts';
import { stopsAfterSuccess } from './cases/polling/stops-after-success.ts';
import { stopsOnUnknownTask } from './cases/polling/stops-on-unknown-task.ts';
import type { ClientCase } from './client-case.ts';

/** All cases for clients, in the order in which they are printed. Ids are never reused. */
export const CLIENT_CASES: readonly ClientCase[] = [
  callsDocumentedOperations,
  completesJob,
  authenticatesEveryCall,
  keepsKeySecret,
  stopsAfterRejectedKey,
  sendsValidBodies,
  sendsValidCallbackUrl,
  usesOwnCallbackUrl,
  doesNotResubmitAfterLostResponse,
  respectsConcurrencyLimit,
  resubmitsAfterConcurrencyFailure,
  readsCodeInBody,
  doesNotResubmitInvalidRequest,
  backsOffAfterRateLimit,
  pausesDuringMaintenance,
  doesNotResubmitUnreachableMedia,
  reportsLongPrompt,
  spellsOptionalFields,
  pollsByExactId,
  keepsRecommendedInterval,
  keepsMinimumInterval,
  stopsAfterSuccess,
  stopsAfterFailure,
  pollsUntilFinished,
  acceptsUnknownState,
  acceptsEarlierState,
  pollsAgainAfterTransportError,
  pollsAgainUntilVisible,
  stopsOnUnknownTask,
  pollsAgainWithoutMedia,
  hasADeadline,
  reportsFailureReason,
  readsTimesWithoutZone,
  pollsRarelyWithCallbacks,
  fallsBackToPolling,
  completesOnce,
  downloadsMediaSoon,
  reportsExpiredMedia,
  doesNotUseExpiredUrls,
  extendsSucceededTasks,
  pollsExtensionNotParent,
];
