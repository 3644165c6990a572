import { TOKENS } from '../../pages/tokens.ts';
import { VERDICT_STYLE } from '../../pages/verdict-style.ts';
import { WATERFALL_STYLE } from '../../pages/waterfall-style.ts';

/**
 * Adds the style that the reports share, which is text because they need it without a file. `?zoom=projector` in the
 * address makes text and rows larger.
 */
export function applyTokens(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(TOKENS + VERDICT_STYLE + WATERFALL_STYLE);
  document.adoptedStyleSheets = [sheet];
  const zoom = new URLSearchParams(location.search).get('zoom');
  if (zoom === 'projector') document.documentElement.dataset.zoom = zoom;
}
