/** Replaces a bearer key in the journal. It shows that a key was sent, but not which. */
export const KEY_MARK = '[bearer key]';
/** Replaces the secret that callbacks are signed with. */
export const SECRET_MARK = '[secret]';
/** Replaces any other value in a key field. */
export const REDACTED = '[redacted]';
