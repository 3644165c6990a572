/** Where a defect's pointer begins: at whatever is being compiled, or at the top of one of the pack's two files. */
type Root = 'here' | 'lifecycle' | 'document';

/** Something in a pack that cannot work, and where it stands (a JSON Pointer, built up on the way out). */
export class Defect extends Error {
  readonly pointer: string;
  readonly root: Root;

  constructor(message: string, pointer = '', root: Root = 'here') {
    super(message);
    this.pointer = pointer;
    this.root = root;
  }
}

/** Runs a compile step; a defect inside it is said to lie under `pointer`. */
export function under<Result>(pointer: string, compile: () => Result, root: Root = 'here'): Result {
  try {
    return compile();
  } catch (error) {
    if (error instanceof Defect && error.root === 'here') {
      throw new Defect(error.message, pointer + error.pointer, root);
    }
    throw error;
  }
}

/** `key` as one step of a JSON Pointer. */
export function step(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
