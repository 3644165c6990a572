import type { Subject } from './subject.ts';

/** Failures that are the vendor's own fault: class `internal`, or a code of 500 and above. */
export function serverFailures({ pack, failures }: Pick<Subject, 'pack' | 'failures'>): string[] {
  return failures.filter((slug) => {
    const failure = pack.failures.get(slug);
    return failure?.class === 'internal' && Number(failure.code) >= 500;
  });
}

/** Error codes of the vendor's table that no failure of the catalogue has. */
export function unlistedCodes({ pack, failures }: Pick<Subject, 'pack' | 'failures'>): number[] {
  const listed = new Set(failures.map((slug) => String(pack.failures.get(slug)?.code)));
  return pack.errors.codes.filter((code) => !listed.has(code) && Number.isInteger(Number(code))).map(Number);
}
