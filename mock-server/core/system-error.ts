/** Returns whether an operating system call failed, for example because of a full disk or too many open files. */
export function isSystemError(
  error: unknown,
): error is Error & { readonly code: string; readonly syscall: string } {
  return (
    error instanceof Error && 'syscall' in error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code))
  );
}
