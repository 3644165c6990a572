/** Something in a pack that cannot work, and where it stands (a JSON Pointer, built up on the way out). */
export class Defect extends Error {
  readonly pointer: string;

  constructor(message: string, pointer = '') {
    super(message);
    this.pointer = pointer;
  }
}

/** Runs a compile step; a defect inside it is said to lie under `pointer`. */
export function under<Result>(pointer: string, compile: () => Result): Result {
  try {
    return compile();
  } catch (error) {
    if (error instanceof Defect) throw new Defect(error.message, pointer + error.pointer);
    throw error;
  }
}

/** `key` as one step of a JSON Pointer. */
export function step(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
