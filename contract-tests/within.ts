/**
 * Rejects with an explanation when a promise takes too long, which is more helpful than the timeout of a test or a
 * hook.
 */
export async function within<T>(work: Promise<T>, limitMs: number, explain: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(explain())), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
