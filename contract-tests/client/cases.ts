import { keepsKeyToItself } from './cases/authentication/keeps-key-to-itself.ts';
import { sendsBearerKey } from './cases/authentication/sends-bearer-key.ts';
import { stopsWhenKeyIsRefused } from './cases/authentication/stops-when-key-is-refused.ts';
import { completesOnce } from './cases/callbacks/completes-once.ts';
import { doesNotPollMeanwhile } from './cases/callbacks/does-not-poll-meanwhile.ts';
import { fallsBackToPolling } from './cases/callbacks/falls-back-to-polling.ts';
import { callsOnlyWhatExists } from './cases/calls/calls-only-what-exists.ts';
import { backsOffWhenTooMany } from './cases/creation/backs-off-when-too-many.ts';
import { doesNotRepeatUnreachableMedia } from './cases/creation/does-not-repeat-unreachable-media.ts';
import { doesNotRepeatWhatIsInvalid } from './cases/creation/does-not-repeat-what-is-invalid.ts';
import { doesNotSubmitTwice } from './cases/creation/does-not-submit-twice.ts';
import { keepsToItsSlots } from './cases/creation/keeps-to-its-slots.ts';
import { mindsPromptLength } from './cases/creation/minds-prompt-length.ts';
import { namesCallbackUrl } from './cases/creation/names-callback-url.ts';
import { namesOptionalFieldsRight } from './cases/creation/names-optional-fields-right.ts';
import { readsCodeInBody } from './cases/creation/reads-code-in-body.ts';
import { sendsValidBodies } from './cases/creation/sends-valid-bodies.ts';
import { staysAwayDuringMaintenance } from './cases/creation/stays-away-during-maintenance.ts';
import { usesOwnCallbackUrl } from './cases/creation/uses-own-callback-url.ts';
import { waitsForASlot } from './cases/creation/waits-for-a-slot.ts';
import { extendsWhatSucceeded } from './cases/extension/extends-what-succeeded.ts';
import { pollsExtensionNotParent } from './cases/extension/polls-extension-not-parent.ts';
import { fetchesMediaSoon } from './cases/media/fetches-media-soon.ts';
import { keepsNoHotLinks } from './cases/media/keeps-no-hot-links.ts';
import { respectsExpiry } from './cases/media/respects-expiry.ts';
import { makesAVideo } from './cases/outcome/makes-a-video.ts';
import { doubtsSuccessWithoutMedia } from './cases/polling/doubts-success-without-media.ts';
import { givesUpOnWhatIsGone } from './cases/polling/gives-up-on-what-is-gone.ts';
import { hasADeadline } from './cases/polling/has-a-deadline.ts';
import { neverHammers } from './cases/polling/never-hammers.ts';
import { pollsAtACalmPace } from './cases/polling/polls-at-a-calm-pace.ts';
import { pollsByExactId } from './cases/polling/polls-by-exact-id.ts';
import { pollsToTheEnd } from './cases/polling/polls-to-the-end.ts';
import { readsTimesWithoutZone } from './cases/polling/reads-times-without-zone.ts';
import { stopsAfterFailure } from './cases/polling/stops-after-failure.ts';
import { stopsAfterSuccess } from './cases/polling/stops-after-success.ts';
import { survivesABadLine } from './cases/polling/survives-a-bad-line.ts';
import { survivesFallingBack } from './cases/polling/survives-falling-back.ts';
import { survivesUnknownStates } from './cases/polling/survives-unknown-states.ts';
import { tellsWhyItFailed } from './cases/polling/tells-why-it-failed.ts';
import { waitsForVisibility } from './cases/polling/waits-for-visibility.ts';
import type { ClientCase } from './client-case.ts';

/** Every rule for clients, in the order they are printed. An id is never used again. */
export const CLIENT_CASES: readonly ClientCase[] = [
  callsOnlyWhatExists,
  makesAVideo,
  sendsBearerKey,
  keepsKeyToItself,
  stopsWhenKeyIsRefused,
  sendsValidBodies,
  namesCallbackUrl,
  usesOwnCallbackUrl,
  doesNotSubmitTwice,
  keepsToItsSlots,
  waitsForASlot,
  readsCodeInBody,
  doesNotRepeatWhatIsInvalid,
  backsOffWhenTooMany,
  staysAwayDuringMaintenance,
  doesNotRepeatUnreachableMedia,
  mindsPromptLength,
  namesOptionalFieldsRight,
  pollsByExactId,
  pollsAtACalmPace,
  neverHammers,
  stopsAfterSuccess,
  stopsAfterFailure,
  pollsToTheEnd,
  survivesUnknownStates,
  survivesFallingBack,
  survivesABadLine,
  waitsForVisibility,
  givesUpOnWhatIsGone,
  doubtsSuccessWithoutMedia,
  hasADeadline,
  tellsWhyItFailed,
  readsTimesWithoutZone,
  doesNotPollMeanwhile,
  fallsBackToPolling,
  completesOnce,
  fetchesMediaSoon,
  respectsExpiry,
  keepsNoHotLinks,
  extendsWhatSucceeded,
  pollsExtensionNotParent,
];
