import type { ClientOptions } from './client/client-options.ts';
import type { ReceiverOptions } from './receiver/receiver-options.ts';

/** An option that a text can name; `path` is that of an app in a test file. */
export type OptionName = keyof ReceiverOptions | keyof ClientOptions | 'path';

/**
 * Names an option in a text, as the user sets it: in a program or on the command line.
 * @param example value to show on the command line
 */
export type NameOption = (option: OptionName, example?: string) => string;

/** Names an option of a program: `"ackTimeout"`. */
export const asOption: NameOption = (option) => `"${option}"`;

/** Names an option of the command: `--ack-timeout`. */
export const asFlag: NameOption = (option, example) => {
  const flag = FLAGS[option] ?? `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return example === undefined ? flag : `${flag} ${example}`;
};

/** Flags whose names differ from those of the options, and the argument. */
const FLAGS: Partial<Readonly<Record<OptionName, string>>> = {
  url: 'the URL',
  packs: '--pack',
  headers: '--header',
  restart: '--restart-cmd',
  restartCommand: '--restart-cmd',
};
