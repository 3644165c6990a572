/**
 * When an entry counts as written. `strict`: after it is synced to disk, so that it survives a power failure.
 * `relaxed`: after it is passed to the operating system, so that it survives a crash of the process.
 */
export type Durability = 'strict' | 'relaxed';
