/** A text that may have a banned form, because it is not ours to change or means something else. */
export interface NamedException {
  /** Name of the form. */
  readonly form: string;
  /** Of the text, as the collection shows it. */
  readonly text: RegExp;
  /** Of the file; any file by default. */
  readonly file?: RegExp;
  readonly because: string;
}

/** The test rejects an exception that nothing needs. */
export const NAMED_EXCEPTIONS: readonly NamedException[] = [
  {
    form: 'give up',
    text: /\bgive[- ]up[- ]within\b|giveUpWithin/i,
    because: 'the option --give-up-within keeps its name',
  },
  {
    form: 'British spelling',
    text: /^behaviour$/,
    because: 'the aspect of a client in report files keeps its name',
  },
  {
    form: 'under way',
    text: /^stuntdouble attempts underway$|^stuntdouble_attempts_underway/,
    because: 'the metric keeps its name',
  },
  {
    form: 'twist, flaw, oddity',
    text: /^flaws?$/,
    because: 'the field of a delivery keeps its name in the admin API and in journals on disk',
  },
  {
    form: 'then, at the end',
    text: /^then$/,
    because: 'a keyword of JSON Schema',
  },
  {
    form: 'British spelling',
    text: /\bcancelled\b|a colourful room/i,
    because: 'a state and a sample request of vendors',
  },
  {
    form: 'typographic apostrophe',
    text: /which isn’t allowed|^isn’t allowed|café/,
    because: 'bytes of a vendor, and a sample of difficult text',
  },
  {
    form: 'is no X',
    text: /^There is no such (path|clip)$/,
    because: 'error texts of a vendor',
  },
  {
    form: 'play',
    text: /^Children playing in the snow$/,
    because: 'a sample request of a vendor',
  },
];
