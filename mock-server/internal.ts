/** What the other folders of this package use in addition to the public entry. Not an entry of the package. */
export { writeCertificates } from './certificates.ts';
export { parseByteSize } from './core/byte-size.ts';
export { editDistance, nearest } from './core/coded-error.ts';
export { didYouMean } from './core/did-you-mean.ts';
export { formatDuration, parseDuration } from './core/duration.ts';
export { isSystemError } from './core/system-error.ts';
export { isLocalHost, isLoopback } from './delivery/address-class.ts';
export { createCourier } from './delivery/courier.ts';
export { BlockedError, createEgressGuard } from './delivery/egress-guard.ts';
export { isKeyName, looksLikeKey } from './journal/key-shapes.ts';
export { makeFolder } from './journal/make-folder.ts';
export { createSecrets, KEY_MARK, REDACTED } from './journal/secrets.ts';
export { SMALLEST_BUDGET } from './options.ts';
export { documentPattern } from './packs/document-pattern.ts';
export { createMessageValidator, type MessageProblem } from './packs/message-validator.ts';
export { PACKAGE_ROOT } from './packs/package-root.ts';
export { preload } from './preload.ts';
export { type StagedCallback, stagingOf } from './staging.ts';
