import type { Subject } from './subject.ts';

/** Returns the failures that the vendor's servers cause: class `internal` and a code of at least 500. */
export function serverFailures({ pack, failures }: Pick<Subject, 'pack' | 'failures'>): string[] {
  return failures.filter((slug) => {
    const failure = pack.failures.get(slug);
    return failure?.class === 'internal' && Number(failure.code) >= 500;
  });
}

/** Returns the error codes of the vendor that the failure catalog does not use. */
export function unlistedCodes({ pack, failures }: Pick<Subject, 'pack' | 'failures'>): number[] {
  const listed = new Set(failures.map((slug) => String(pack.failures.get(slug)?.code)));
  return pack.errors.codes.filter((code) => !listed.has(code) && Number.isInteger(Number(code))).map(Number);
}
