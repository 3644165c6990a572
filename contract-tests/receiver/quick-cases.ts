/**
 * What `--quick` runs, by id or its beginning: the mistakes that are made most often, without the cases that wait long,
 * restart the receiver, or send many callbacks. It takes less than 30 seconds with a receiver that answers.
 */
export const QUICK_CASES: readonly string[] = [
  'RCV-ACK',
  'RCV-TIM-01',
  'RCV-IDM-01',
  'RCV-IDM-02',
  'RCV-IDM-07',
  'RCV-ENV-02',
  'RCV-ENV-05',
  'RCV-FAIL-01',
  'RCV-SEC-02',
  'RCV-SEC-03',
];
