/** What the operating system refused: a full disk, a missing right, too many open files. */
export function isSystemError(
  error: unknown,
): error is Error & { readonly code: string; readonly syscall: string } {
  return (
    error instanceof Error && 'syscall' in error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code))
  );
}
