import type { Source } from './report.ts';

/** Vendor pages that the cases are based on. */
export const PAGES = {
  extend: { page: 'AI Video Extension Callbacks (runway-extend-callback)' },
  generate: { page: 'AI Video Generation Callbacks (runway-generate-callback)' },
  detail: { page: 'Get AI Video Details (runway-record-detail)' },
  luma: { page: 'Luma Modify Callbacks (luma-modify-callback)' },
  feed: { page: 'Runway feed (cometapi-runway-feed)' },
  standardWebhooks: { page: 'Standard Webhooks, reference implementation (npm standardwebhooks)' },
  sdks: { page: 'Types of the official packages (npm lumaai, npm replicate)' },
  derived: { page: 'derived' },
} as const satisfies Readonly<Record<string, Source>>;
