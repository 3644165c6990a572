/** Base of a defect's pointer: the value that is being compiled, or the top of one of the two files of the pack. */
type Root = 'here' | 'lifecycle' | 'document';

/** A value in a pack that cannot work, with its JSON Pointer, to which each caller adds its own part. */
export class Defect extends Error {
  readonly pointer: string;
  readonly root: Root;

  constructor(message: string, pointer = '', root: Root = 'here') {
    super(message);
    this.pointer = pointer;
    this.root = root;
  }
}

/** Runs a compile step, and prefixes the pointer of a defect in it with `pointer`. */
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
