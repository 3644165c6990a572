/**
 * Loads the modules of the mock a few at a time. Node opens all files that a module imports before it reads the first
 * one, so a single import needs 70 file descriptors and these steps fewer than 40. The steps are not slower.
 */
export async function loadInSteps(): Promise<void> {
  await import('./packs/load-pack.ts');
  await import('./engine/engine.ts');
  await import('./delivery/courier.ts');
  await import('./http/vendor/vendor-routes.ts');
  await import('./index.ts');
}
