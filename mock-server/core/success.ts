import type { Scenario } from './types.ts';

/** The scenario without a fault. */
export const SUCCESS: Scenario = Object.freeze({
  name: 'success',
  failure: null,
  submit: null,
  polls: [],
  hidden: false,
  callback: null,
  media: null,
  course: null,
});
