/** The cases of a quick run: one callback or a few each, no slow media, no load. */
export const QUICK_CASES: readonly string[] = [
  'RCV-ACK',
  'RCV-IDM-01',
  'RCV-IDM-02',
  'RCV-IDM-05',
  'RCV-IDM-07',
  'RCV-ORD-01',
  'RCV-ENV',
  'RCV-MED-01',
  'RCV-SEC-01',
];
