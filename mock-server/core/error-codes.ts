import type { ErrorEntry } from './error-entry.ts';
import { STORAGE_ERRORS } from './storage-errors.ts';

/**
 * All errors except those of the vendors, by code. The command prints them, the admin API returns them, and
 * `docs/reference/error-codes.md` documents them.
 */
export const ERRORS = {
  RUNTIME_UNSUPPORTED: {
    title: 'This version of Node.js is too old.',
    meaning: 'The command or the library runs on a version of Node.js below the supported minimum.',
    remedy: 'Install the version that the message names, or a newer one.',
    exitCode: 64,
  },
  USAGE_INVALID: {
    title: 'The command line is not valid.',
    meaning: 'A command, option or argument is unknown or missing.',
    remedy: 'Run `stuntdouble COMMAND --help` for the accepted options and arguments.',
    exitCode: 64,
  },
  OPTION_INVALID: {
    title: 'An option has an invalid value.',
    meaning: 'The value of an option or argument has the wrong form, is out of range, or is missing.',
    remedy: 'Pass a value of the form that the message describes.',
    exitCode: 64,
  },
  CONFIG_UNREADABLE: {
    title: 'The configuration file cannot be used.',
    meaning: 'The `--config` file cannot be read, is not a JSON or YAML object, or has an unknown key.',
    remedy: 'Fix the file. Its keys are the options of the command in camelCase.',
    exitCode: 64,
  },
  SCENARIO_UNKNOWN: {
    title: 'Unknown scenario.',
    meaning: 'The name of a scenario is misspelled, or the vendor does not have the scenario.',
    remedy: 'Use one of the names in the message, or run `stuntdouble scenarios` for the full list.',
    exitCode: 64,
  },
  EVENT_UNKNOWN: {
    title: 'Unknown event.',
    meaning: 'None of the loaded packs has the event.',
    remedy: 'Run `stuntdouble events` for the full list. Load your own packs with `--pack`.',
    exitCode: 64,
  },
  PROFILE_UNKNOWN: {
    title: 'Unknown profile.',
    meaning: 'None of the loaded packs has the profile.',
    remedy: 'Use one of the profiles that the message lists, or omit `--profile`.',
    exitCode: 64,
  },
  CASE_UNKNOWN: {
    title: 'Unknown case.',
    meaning: 'The value of `--only` is not the beginning of any case id.',
    remedy: 'Run `stuntdouble cases` for the full list.',
    exitCode: 64,
  },
  PORT_TAKEN: {
    title: 'The port is in use.',
    meaning: 'Another process is listening on the port.',
    remedy: 'Stop that process or choose another port. `--port 0` selects a free port.',
    exitCode: 3,
  },
  PACK_UNREADABLE: {
    title: 'A pack cannot be read.',
    meaning: 'The folder of a pack, its `lifecycle.yaml` or its OpenAPI document is missing or invalid YAML.',
    remedy: 'Check the path passed to `--pack`, and run `stuntdouble packs check DIR`.',
    exitCode: 3,
  },
  PACK_INVALID: {
    title: 'A pack is invalid.',
    meaning: 'A pack violates the pack format. The message lists every violation with file and line.',
    remedy: 'Fix the lines that the message lists. The reference of the pack format describes each key.',
    exitCode: 3,
  },
  PACK_CONFLICT: {
    title: 'Two packs claim the same name or prefix.',
    meaning:
      'Two loaded packs have the same name, or `--mount` gives their operations the same method and path.',
    remedy: 'Rename one of them, or move it to another prefix with `--mount PACK=/prefix`.',
    exitCode: 64,
  },
  PACK_RENAMED: {
    title: 'A running pack cannot be renamed.',
    meaning: 'The name of a pack was edited while the mock was serving it.',
    remedy: 'Restore the name, or restart the mock.',
    exitCode: null,
  },
  PACK_IN_USE: {
    title: 'An edited pack lacks something that running tasks need.',
    meaning:
      'A kind, an operation or an event of unfinished tasks was removed from a pack while the mock was serving it.',
    remedy: 'Wait until these tasks have ended, reset the mock, or restore the removed parts.',
    exitCode: null,
  },
  CLIENT_UNUSABLE: {
    title: 'The client cannot be tested.',
    meaning: "The client's command does not start, or does not call any operation of the mock.",
    remedy: 'Run the command manually to check that it works, and pass the base URL with `--env NAME={url}`.',
    exitCode: 3,
  },
  MOCK_UNUSED: {
    title: 'The command never called the mock.',
    meaning: 'A command under `stuntdouble run` ended successfully without any call to the mock.',
    remedy: 'Pass the base URL with `--env NAME={url}`, or pass `--allow-unused` if no calls are expected.',
    exitCode: 3,
  },
  INPUT_UNREADABLE: {
    title: 'The captured messages cannot be read.',
    meaning: 'The file passed to `verify payload` cannot be read or does not contain messages.',
    remedy: 'Check the path. The file must contain one JSON document, or one per line.',
    exitCode: 3,
  },
  REPORT_UNWRITTEN: {
    title: 'A report could not be written.',
    meaning:
      'The run has finished and its verdicts were printed, but a `--report` file could not be written.',
    remedy: 'Choose a path that is writable.',
    exitCode: 3,
  },
  RECEIVER_UNREACHABLE: {
    title: 'The receiver cannot be tested.',
    meaning: 'The receiver does not answer, or calls to its address are not allowed.',
    remedy: 'Start the receiver and check its URL.',
    exitCode: 3,
  },
  PROBE_UNUSABLE: {
    title: 'The probe failed.',
    meaning: 'The URL or command passed to `--probe` or `--submit` failed, or its answer has the wrong form.',
    remedy:
      'Run it manually with the id of a task. "Test your webhook receiver" describes the expected answer.',
    exitCode: 3,
  },
  TASK_UNKNOWN: {
    title: 'Unknown task.',
    meaning:
      'The mock has no task with this id. The oldest finished tasks are removed when their number exceeds `--keep`.',
    remedy: 'Call `GET /__admin/tasks` for a list of tasks.',
    exitCode: 3,
  },
  TASK_FINISHED: {
    title: 'The task has already ended.',
    meaning: 'A call tried to change the outcome of a finished task.',
    remedy: 'Change the outcome before the task ends, or submit another task with a scenario.',
    exitCode: 3,
  },
  NO_CALLBACK: {
    title: 'The task has no callback to send.',
    meaning:
      'The task was submitted without a callback URL, the vendor does not send a callback in its current state, or the chosen scenario has no effect on callbacks.',
    remedy:
      'Submit the task with a callback URL, wait until it reaches a state with a callback, or choose another scenario.',
    exitCode: 3,
  },
  CLOCK_BACKWARDS: {
    title: 'The clock cannot move backward.',
    meaning: 'A call tried to set the clock to an earlier time.',
    remedy: 'Set a later time. `POST /__admin/reset` returns the clock to its start.',
    exitCode: 3,
  },
  NOT_QUIET: {
    title: 'The mock did not become quiet in time.',
    meaning: 'Requests, callbacks or downloads were still in flight after the `timeout` of `quiet()`.',
    remedy: 'Check why the receiver or client that the message names is still busy, or increase `timeout`.',
    exitCode: 3,
  },
  CLOCK_ENDLESS: {
    title: 'Advancing the clock did not finish.',
    meaning: 'Work kept becoming due at the same moment, for example retries without a gap.',
    remedy: 'Set `--retry-gaps` to values above 0.',
    exitCode: 3,
  },
  ...STORAGE_ERRORS,
  BAD_REQUEST: {
    title: 'The request is not valid.',
    meaning:
      'An admin call has an unknown parameter, an invalid body or an unsupported content type; or a captured file does not contain a message to judge.',
    remedy: 'Fix the part that the message names. The reference of the admin API describes each call.',
    exitCode: 3,
  },
  TOKEN_NEEDED: {
    title: 'The admin API requires a token.',
    meaning:
      'The mock listens on an address that other machines can reach, and the call does not have a valid token.',
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
    meaning:
      'An admin call came through a proxy, so its origin is unknown, and the mock does not use a token.',
    remedy: 'Call the mock directly, or start it with `--admin-token` and send that token.',
    exitCode: null,
  },
  ORIGIN_REFUSED: {
    title: 'The admin API refuses requests from other websites.',
    meaning: 'A web page of another origin made an admin call.',
    remedy: 'Call it from a command line, a test, or a page that the mock serves.',
    exitCode: null,
  },
  ROUTE_UNKNOWN: {
    title: 'The call does not match any vendor operation.',
    meaning: 'None of the vendors has the path, and the path does not resemble that of any vendor.',
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
    meaning: 'The path exists in the admin API, but with other methods.',
    remedy: 'Use a method that the Allow header lists.',
    exitCode: null,
  },
  READERS_FULL: {
    title: 'Too many readers of the event stream.',
    meaning: 'The maximum number of connections to `GET /__admin/events` is open.',
    remedy: 'Close other connections to the stream.',
    exitCode: null,
  },
  MEMORY_FULL: {
    title: 'The mock is out of memory.',
    meaning:
      'Unfinished tasks, or bodies that are being received, use all of the memory that `--keep-bytes` allows.',
    remedy: 'Wait until tasks end, reset the mock, or start it with a larger `--keep-bytes`.',
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
    title: 'A system call failed.',
    meaning:
      'A limit or a permission of the operating system, such as the number of open files, prevented the operation.',
    remedy: 'Free the resource that the message names or raise its limit, and try again.',
    exitCode: 3,
  },
  DEFECT: {
    title: 'Internal error in Stunt Double.',
    meaning: 'Stunt Double failed in a situation that it should handle.',
    remedy: 'Report the error with the request and the output of the mock.',
    exitCode: 3,
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** Code of an error, such as `OPTION_INVALID`. */
export type ErrorCode = keyof typeof ERRORS;

/** Returns the page that documents an error, relative to the root of the package. */
export function errorPage(code: ErrorCode): string {
  return `docs/reference/error-codes.md#${code.toLowerCase()}`;
}
