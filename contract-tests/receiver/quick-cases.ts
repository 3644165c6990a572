/**
 * Ids, or prefixes of ids, of the cases that `--quick` runs: the most common mistakes, without cases that wait long,
 * restart the receiver, or send many callbacks. The set takes less than 30 seconds if the receiver answers.
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
