/** A text that may have a banned form, because it is not ours to change or means something else. */
export interface NamedException {
  /** Name of the form. */
  readonly form: string;
  /** Of the text, as the collection shows it. */
  readonly text: RegExp;
  /** Of the file; any file when left out. */
  readonly file?: RegExp;
  readonly because: string;
}

/** The test refuses an exception that nothing needs. */
export const NAMED_EXCEPTIONS: readonly NamedException[] = [
  {
    form: 'give up',
    text: /\bgive[- ]up[- ]within\b|giveUpWithin/i,
    because: 'the option --give-up-within keeps its name',
  },
  {
    form: 'British spelling',
    text: /^behaviour$|"behaviour"|'behaviour'/,
    because: 'the aspect of a client in report files keeps its name',
  },
];
