import { type Command, Option } from 'commander';
import { CodedError } from '../mock-server/index.ts';
import type { Reader } from './readers.ts';

export interface SettingRules {
  /** The heading in `--help`. */
  readonly group?: string;
  /** Parses one value, or one entry of a list. By default, any text that is not blank is accepted. */
  readonly reader?: Reader<unknown>;
  /** The separator of entries in a text: lines, if an entry may contain a comma. */
  readonly list?: 'commas' | 'lines';
  readonly default?: unknown;
}

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

/** A command-line option that can also be set by an environment variable or a configuration file. */
export class Setting extends Option {
  readonly #rules: SettingRules;
  /** The environment variable: `--ack-timeout` is STUNTDOUBLE_ACK_TIMEOUT. */
  readonly variable: string;

  constructor(flags: string, description: string, rules: SettingRules = {}) {
    super(flags, description);
    this.#rules = rules;
    this.variable = `STUNTDOUBLE_${this.name().replaceAll('-', '_').toUpperCase()}`;
    if (rules.group !== undefined) this.helpGroup(rules.group);
    if (rules.default !== undefined) this.default(rules.default);
    // Commander accepts empty text and passes the values of lists one by one.
    if (this.required || this.optional) {
      this.argParser((text, previous) => {
        const value = this.#readText(text, this.flag);
        const before = Array.isArray(previous) && previous !== this.defaultValue ? previous : [];
        return this.isList ? [...before, ...(value as unknown[])] : value;
      });
    }
  }

  /** Whether it has no value, as `--quiet` and `--no-watch`. */
  get isSwitch(): boolean {
    return !this.required && !this.optional;
  }

  /** The only accepted values; empty if there are many. */
  get words(): readonly string[] {
    return this.#rules.reader?.choices ?? [];
  }

  /** The JSON schema of one value, or of one entry of a list. */
  get schema(): Readonly<Record<string, unknown>> {
    const { words } = this;
    if (words.length > 0)
      return { enum: [...words, ...words.filter((word) => /^\d+$/.test(word)).map(Number)] };
    return this.#rules.reader?.schema ?? { type: ['string', 'number'] };
  }

  get isList(): boolean {
    return this.#rules.list !== undefined;
  }

  /** The option as written on the command line. */
  get flag(): string {
    return this.long ?? this.short ?? this.name();
  }

  /** Parses the value of the environment variable. @throws {CodedError} OPTION_INVALID, with the name of the variable */
  fromEnvironment(text: string): unknown {
    const label = `${this.variable} (${this.flag})`;
    if (text.trim() === '') throw isEmpty(label);
    // "--tls" has an optional value, so it can also be switched on and off.
    const word = WORDS.get(text.trim().toLowerCase());
    if (this.isSwitch || (this.optional && word !== undefined)) return this.#switched(word, text, label);
    return this.#readText(text, label, true);
  }

  /** Parses the value in a configuration file. @throws {CodedError} OPTION_INVALID, with the key and the file */
  fromConfig(value: unknown, file: string): unknown {
    const label = `"${this.attributeName()}" in ${file} (${this.flag})`;
    if (value === null || value === undefined) throw isEmpty(label);
    if (Array.isArray(value)) return this.#readEntries(value, label);
    if (typeof value === 'object') throw this.isList ? isNotList(label) : this.#invalid(label, value);
    if (typeof value === 'boolean') {
      if (!this.isSwitch && !this.optional) throw this.#invalid(label, value);
      // Keys are not negated: `watch: false` means --no-watch.
      return value || this.isSwitch ? value : undefined;
    }
    if (!this.isSwitch) return this.#readText(String(value), label);
    const word = WORDS.get(String(value).trim().toLowerCase());
    if (word === undefined) throw this.#invalid(label, value);
    return word;
  }

  #switched(word: boolean | undefined, text: string, label: string): unknown {
    if (word === undefined) throw this.#invalid(label, text);
    if (!this.isSwitch) return word ? true : undefined;
    return this.negate ? !word : word;
  }

  #readEntries(entries: readonly unknown[], label: string): unknown {
    if (!this.isList) throw this.#invalid(label, entries);
    if (entries.length === 0) throw isEmpty(label);
    return entries.map((entry) => {
      if (entry === null || typeof entry === 'object') throw this.#invalid(label, entry);
      return this.#readOne(String(entry), label, 'have an empty entry');
    });
  }

  /** @param divides whether to split lines; on the command line, the option is repeated instead */
  #readText(text: string, label: string, divides = false): unknown {
    const { list } = this.#rules;
    if (list === undefined) return this.#readOne(text, label, 'be empty');
    if (text.trim() === '') throw isEmpty(label);
    if (list === 'lines' && !divides) return [this.#readOne(text, label, 'be empty')];
    const parts = text.split(list === 'lines' ? '\n' : ',').map((part) => part.trim());
    return parts.map((part) => this.#readOne(part, label, 'have an empty entry'));
  }

  #readOne(text: string, label: string, what: string): unknown {
    if (text.trim() === '') throw isEmpty(label, what);
    const { reader } = this.#rules;
    if (reader === undefined) return text;
    const value = reader.read(text);
    if (value === undefined) throw this.#invalid(label, text);
    return value;
  }

  #invalid(label: string, got: unknown): CodedError {
    const { reader, list } = this.#rules;
    const one = this.isSwitch ? 'true or false' : (reader?.expected ?? 'text');
    const subject = list === undefined ? label : `Each entry of ${label}`;
    return new CodedError('OPTION_INVALID', `${subject} must be ${one}, got ${shown(got)}.`);
  }
}

/** Returns the settings of a command and of all its subcommands. */
export function settingsOf(command: Command): Setting[] {
  return [
    ...command.options.filter((option) => option instanceof Setting),
    ...command.commands.flatMap(settingsOf),
  ];
}

function isNotList(label: string): CodedError {
  return new CodedError('OPTION_INVALID', `${label} must be a list, got an object.`);
}

function isEmpty(label: string, what = 'be empty'): CodedError {
  const remedy = what === 'be empty' ? 'Set a value or omit it.' : 'Remove the extra comma or add a value.';
  return new CodedError('OPTION_INVALID', `${label} must not ${what}.`, remedy);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
