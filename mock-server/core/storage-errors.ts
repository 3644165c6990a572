import type { ErrorEntry } from './error-entry.ts';

/** Errors of the data of a mock: on its own disk, or in the store that it shares with other replicas. */
export const STORAGE_ERRORS = {
  DATA_LOCKED: {
    title: 'The data folder is in use.',
    meaning: 'Another mock is using the `--data` folder.',
    remedy: 'Stop the other mock, or use another folder.',
    exitCode: 3,
  },
  DATA_DAMAGED: {
    title: 'The data folder cannot be read.',
    meaning: 'The journal in the `--data` folder is damaged, or it refers to packs that are not loaded.',
    remedy: 'Load the packs with `--pack`, or start with another folder.',
    exitCode: 3,
  },
  DATA_UNUSABLE: {
    title: 'The data folder cannot be used.',
    meaning: 'The `--data` folder cannot be created, read or written to.',
    remedy: 'Fix the path or its permissions, or use another folder.',
    exitCode: 64,
  },
  DATA_UNWRITABLE: {
    title: 'The data folder cannot currently be written to.',
    meaning: 'The changes of a call could not be written to the `--data` folder, so the call was refused.',
    remedy: 'Free up disk space, or restore the permissions of the folder. The mock retries automatically.',
    exitCode: 3,
  },
  STORE_UNUSABLE: {
    title: 'The shared store cannot be used.',
    meaning: 'A package for the `store` is missing, or its Redis server removes keys when memory is full.',
    remedy: 'Follow the remedy of the message.',
    exitCode: 64,
  },
  STORE_UNREACHABLE: {
    title: 'The store of the replicas cannot be reached.',
    meaning: 'The store did not answer in time. A requested change may have been made.',
    remedy: 'Start the store, or check its address. The mock then continues by itself.',
    exitCode: 3,
  },
  STORE_MISMATCH: {
    title: 'The replicas are not equal.',
    meaning: 'The replicas of one store must have the same version, packs, settings and seed.',
    remedy: 'Start this replica like the others, or choose another prefix for the store.',
    exitCode: 64,
  },
  STORE_BEHIND: {
    title: 'The store has lost data.',
    meaning: 'Changes that this replica has applied or needs are missing from the store.',
    remedy: 'Restart all replicas, and let the store keep its data on disk.',
    exitCode: 3,
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;
