import { TOKENS } from '../../pages/tokens.ts';

/**
 * Adds the tokens, which are text because the reports need them without a file. `?zoom=projector` in the address makes
 * text and rows larger.
 */
export function applyTokens(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(TOKENS);
  document.adoptedStyleSheets = [sheet];
  const zoom = new URLSearchParams(location.search).get('zoom');
  if (zoom === 'projector') document.documentElement.dataset.zoom = zoom;
}
