/** Exit code of a command: 64 for wrong usage, 3 when it could not do its work. */
type ErrorExitCode = 3 | 64;

/** Everything about an error code. */
export interface ErrorEntry {
  /** What failed, without the particulars. */
  readonly title: string;
  /** When it happens. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Exit code of a command; null for errors that only occur in answers to requests. */
  readonly exitCode: ErrorExitCode | null;
}

/**
 * Every error outside of the answers of vendors, by its code. The command prints them, the admin API answers with them,
 * and `docs/reference/error-codes.md` explains them.
 */
export const ERRORS = {
  RUNTIME_UNSUPPORTED: {
    title: 'This version of Node.js is too old.',
    meaning: 'The program or the library runs under a version of Node.js that lacks what it needs.',
    remedy: 'Use the version that the message names, or a newer one.',
    exitCode: 64,
  },
  USAGE_INVALID: {
    title: 'The command line is not valid.',
    meaning: 'A command, option or argument is unknown or missing.',
    remedy: 'See `stuntdouble COMMAND --help`.',
    exitCode: 64,
  },
  OPTION_INVALID: {
    title: 'An option has an invalid value.',
    meaning: 'An option, a flag or an argument has a value outside of its range or form, or is missing.',
    remedy: 'Use a value of the form that the message names.',
    exitCode: 64,
  },
  CONFIG_UNREADABLE: {
    title: 'The configuration file is not usable.',
    meaning: 'The file of `--config` cannot be read, is not one JSON or YAML object, or has an unknown key.',
    remedy: 'Correct the file. Its keys are the options of the command in camelCase.',
    exitCode: 64,
  },
  SCENARIO_UNKNOWN: {
    title: 'Unknown scenario.',
    meaning: 'A scenario is misspelled, or the vendor does not have it.',
    remedy: 'Use one of the names in the message, or run `stuntdouble scenarios` for the full list.',
    exitCode: 64,
  },
  EVENT_UNKNOWN: {
    title: 'Unknown event.',
    meaning: 'No loaded pack has the event.',
    remedy: 'Run `stuntdouble events` for the full list. Load a pack of your own with `--pack`.',
    exitCode: 64,
  },
  PROFILE_UNKNOWN: {
    title: 'Unknown profile.',
    meaning: 'No loaded pack has the profile.',
    remedy: 'Use one of the profiles that the message lists, or leave `--profile` out.',
    exitCode: 64,
  },
  CASE_UNKNOWN: {
    title: 'Unknown case.',
    meaning: 'No case has an id that begins with the value of `--only`.',
    remedy: 'Run `stuntdouble cases` for the full list.',
    exitCode: 64,
  },
  PORT_TAKEN: {
    title: 'The port is in use.',
    meaning: 'Another process listens on the port.',
    remedy: 'Stop that process, or choose another port. `--port 0` uses any free one.',
    exitCode: 3,
  },
  PACK_UNREADABLE: {
    title: 'A pack cannot be read.',
    meaning:
      'The folder of a pack, its `lifecycle.yaml` or its OpenAPI document is missing or is not valid YAML.',
    remedy: 'Check the path of `--pack`, then run `stuntdouble packs check DIR`.',
    exitCode: 3,
  },
  PACK_INVALID: {
    title: 'A pack is invalid.',
    meaning: 'A pack breaks the rules of its format. The message lists every place with file and line.',
    remedy: 'Correct the lines that the message lists. The pack format describes each key.',
    exitCode: 3,
  },
  PACK_CONFLICT: {
    title: 'Two packs claim the same path.',
    meaning: 'Two loaded packs have an operation with the same method and path.',
    remedy: 'Move one of them with `--mount PACK=/prefix`.',
    exitCode: 64,
  },
  PACK_RENAMED: {
    title: 'A running pack cannot be renamed.',
    meaning: 'The edit of a pack that is being served changed its name.',
    remedy: 'Restore the name, or restart the mock.',
    exitCode: null,
  },
  PACK_IN_USE: {
    title: 'An edit of a pack removes what running tasks need.',
    meaning:
      'The edit of a pack that is being served removed a kind, an operation or an event of unfinished tasks.',
    remedy: 'Wait until these tasks have ended, reset the mock, or restore what was removed.',
    exitCode: null,
  },
  CLIENT_UNUSABLE: {
    title: 'The client cannot be judged.',
    meaning: 'The command of the client does not start, or calls no operation of the mock.',
    remedy: 'Run the command by hand, and pass it the base URL with `--env NAME={url}`.',
    exitCode: 3,
  },
  INPUT_UNREADABLE: {
    title: 'The messages to judge cannot be read.',
    meaning: 'The file of `verify payload` cannot be read, or has no messages.',
    remedy: 'Check the path. The file contains one JSON document, or one per line.',
    exitCode: 3,
  },
  REPORT_UNWRITTEN: {
    title: 'A report could not be written.',
    meaning:
      'The run has ended and its verdicts were printed, but the file of `--report` could not be written.',
    remedy: 'Choose a file that this user can write.',
    exitCode: 3,
  },
  RECEIVER_UNREACHABLE: {
    title: 'The receiver cannot be judged.',
    meaning: 'The receiver does not answer, or its address may not be called.',
    remedy: 'Start the receiver and check its URL.',
    exitCode: 3,
  },
  PROBE_UNUSABLE: {
    title: 'The probe does not work.',
    meaning: 'The URL or command of `--probe` or `--submit` fails, or its answer has the wrong form.',
    remedy: 'Run it by hand with the id of a task. Its answer is described in "Test your webhook receiver".',
    exitCode: 3,
  },
  TASK_UNKNOWN: {
    title: 'Unknown task.',
    meaning:
      'The mock has no task with the id. Finished tasks are removed when there are more than `--keep`.',
    remedy: 'List the tasks with `GET /__admin/tasks`.',
    exitCode: 3,
  },
  TASK_FINISHED: {
    title: 'The task has already ended.',
    meaning: 'The outcome of a task was to be changed after the task had ended.',
    remedy: 'Choose the outcome before the task ends, or submit another task with a scenario.',
    exitCode: 3,
  },
  NO_CALLBACK: {
    title: 'The task has no callback to send.',
    meaning:
      'The request named no callback URL, or the vendor sends no callback in the current state of the task.',
    remedy: 'Submit the task with a callback URL, or wait until it has reached a state that is announced.',
    exitCode: 3,
  },
  CLOCK_BACKWARDS: {
    title: 'Time only moves forward.',
    meaning: 'The clock was to be set to a moment in its past.',
    remedy: 'Set a later moment. `POST /__admin/reset` returns the clock to its start.',
    exitCode: 3,
  },
  NOT_QUIET: {
    title: 'The mock was not quiet in time.',
    meaning: 'After the `timeout` of `quiet()`, something was still in flight.',
    remedy:
      'Find out why the receiver or client that the message lists is still working, or raise `timeout`.',
    exitCode: 3,
  },
  CLOCK_ENDLESS: {
    title: 'Advancing the clock did not end.',
    meaning: 'Something became due again and again at the same moment, such as retries without a gap.',
    remedy: 'Use a `--retry-gaps` above 0.',
    exitCode: 3,
  },
  DATA_LOCKED: {
    title: 'The data folder is in use.',
    meaning: 'Another mock uses the folder of `--data`.',
    remedy: 'Stop the other mock, or use another folder.',
    exitCode: 3,
  },
  DATA_DAMAGED: {
    title: 'The data folder cannot be read.',
    meaning: 'The journal in the folder of `--data` is damaged, or belongs to packs that are not loaded.',
    remedy: 'Load the packs with `--pack`, or start with another folder.',
    exitCode: 3,
  },
  DATA_UNUSABLE: {
    title: 'The data folder is not usable.',
    meaning: 'The folder of `--data` cannot be created, read or written.',
    remedy: 'Correct the path or its permissions, or use another folder.',
    exitCode: 64,
  },
  DATA_UNWRITABLE: {
    title: 'The data folder cannot be written at present.',
    meaning: 'With `--data`, the changes of a call could not be written to disk, so the call was refused.',
    remedy:
      'Free space on the disk, or restore the permissions of the folder. The mock tries again by itself.',
    exitCode: 3,
  },
  BAD_REQUEST: {
    title: 'The request is not valid.',
    meaning:
      'An admin call has an unknown parameter, an invalid body or an unsupported content type; or a captured file has no message to judge.',
    remedy: 'Correct what the message names. The admin API describes each call.',
    exitCode: 3,
  },
  TOKEN_NEEDED: {
    title: 'The admin API requires a token.',
    meaning: 'The mock listens on an address that other machines can reach, and the call has no valid token.',
    remedy: 'Send `Authorization: Bearer TOKEN` with the token that `stuntdouble start` prints.',
    exitCode: null,
  },
  HOST_REFUSED: {
    title: 'The admin API refuses this host name.',
    meaning: 'The Host header of an admin call does not name loopback, as after DNS rebinding.',
    remedy: 'Call `http://127.0.0.1` or `http://localhost`.',
    exitCode: null,
  },
  PROXY_REFUSED: {
    title: 'The admin API refuses forwarded requests without a token.',
    meaning: 'An admin call came through a proxy, so its origin is unknown, and the mock has no token.',
    remedy: 'Call the mock directly, or start it with `--admin-token` and send the token.',
    exitCode: null,
  },
  ORIGIN_REFUSED: {
    title: 'The admin API refuses requests from other websites.',
    meaning: 'An admin call comes from a web page of another origin.',
    remedy: 'Call it from a command line, a test, or a page that the mock serves.',
    exitCode: null,
  },
  ROUTE_UNKNOWN: {
    title: 'The call does not match any operation of a vendor.',
    meaning: 'No vendor has the path, and nothing indicates which vendor was meant.',
    remedy: 'Check the base URL and the path. `stuntdouble packs` lists every operation.',
    exitCode: null,
  },
  CALL_UNKNOWN: {
    title: 'Unknown admin call.',
    meaning: 'The admin API does not have the path.',
    remedy: 'See `GET /__admin/openapi.json` for the list of calls.',
    exitCode: null,
  },
  METHOD_UNKNOWN: {
    title: 'The admin call does not support this method.',
    meaning: 'The admin API has the path with other methods.',
    remedy: 'Use a method that the Allow header lists.',
    exitCode: null,
  },
  READERS_FULL: {
    title: 'The stream of events has too many readers.',
    meaning: 'The largest number of connections to `GET /__admin/events` are open.',
    remedy: 'Close other readers of the stream.',
    exitCode: null,
  },
  MEMORY_FULL: {
    title: 'The mock has no room for this now.',
    meaning:
      'Unfinished tasks, or bodies that are being received, occupy the memory that `--keep-bytes` allows.',
    remedy: 'Let tasks end, reset the mock, or start it with a larger `--keep-bytes`.',
    exitCode: null,
  },
  QUEUE_FULL: {
    title: 'Too many scenarios are queued.',
    meaning: 'The queue of scenarios has reached its limit.',
    remedy: 'Submit tasks, or clear the queue with `DELETE /__admin/scenarios`.',
    exitCode: null,
  },
  NO_JUDGE: {
    title: 'This mock has no judge.',
    meaning: 'Verdicts were requested from a mock that was created without one.',
    remedy: 'Run `stuntdouble start`, or pass `judge` to `createMockServer()`.',
    exitCode: null,
  },
  SYSTEM_FAILED: {
    title: 'The operating system refused an operation.',
    meaning:
      'A limit or a permission of the system, such as the number of open files, prevented the operation.',
    remedy: 'Free what the message names, or raise its limit, and try again.',
    exitCode: 3,
  },
  DEFECT: {
    title: 'The mock failed. This is a defect.',
    meaning: 'The mock met a situation that it should handle and does not.',
    remedy: 'Report it with the request and the log of the mock.',
    exitCode: 3,
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** Code of an error, such as `OPTION_INVALID`. */
export type ErrorCode = keyof typeof ERRORS;

/** Where the documentation explains an error, from the root of the package. */
export function errorPage(code: ErrorCode): string {
  return `docs/reference/error-codes.md#${code.toLowerCase()}`;
}
