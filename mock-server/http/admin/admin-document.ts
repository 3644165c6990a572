import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../packs/package-root.ts';
import { readYamlFile } from '../../packs/yaml-file.ts';

let document: unknown;

/** Returns the OpenAPI document of the admin API. Read once, because it does not change. */
export function adminDocument(): unknown {
  document ??= readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value;
  return document;
}
