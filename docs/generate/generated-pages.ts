import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { buildProgram } from '../../cli/program.ts';
import { adminApiPage } from './admin-api-page.ts';
import { casesPages } from './cases-page.ts';
import { commandLinePage } from './command-line-page.ts';
import { configSchema } from './config-schema.ts';
import { errorCodesPage, exitCodesPage } from './error-codes-page.ts';
import { journalPage } from './journal-page.ts';
import { libraryPage } from './library-page.ts';
import { llmsText } from './llms-text.ts';
import { packFormatPage } from './pack-format-page.ts';
import { reportFormatPage } from './report-format-page.ts';
import { ROOT } from './root.ts';
import { scenariosPage } from './scenarios-page.ts';
import { settingsPage } from './settings-page.ts';

/** Returns the text of every generated page, and of the schema of configuration files, by its path in the repository. */
export function generatedPages(): Readonly<Record<string, string>> {
  const pages = pagesFromCode();
  return { ...pages, 'llms.txt': llmsText((page) => pages[page] ?? readFileSync(join(ROOT, page), 'utf8')) };
}

function pagesFromCode(): Readonly<Record<string, string>> {
  const { 'receivers.md': receivers = '', 'clients.md': clients = '' } = casesPages();
  return {
    'docs/receivers.md': receivers,
    'docs/clients.md': clients,
    'docs/reference/command-line.md': commandLinePage(program()),
    'docs/reference/admin-api.md': adminApiPage(),
    'docs/reference/library.md': libraryPage(),
    'docs/reference/pack-format.md': packFormatPage(),
    'docs/reference/scenarios.md': scenariosPage(),
    'docs/reference/journal.md': journalPage(),
    'docs/reference/error-codes.md': errorCodesPage(),
    'docs/reference/settings.md': settingsPage(program()),
    'docs/reference/exit-codes.md': exitCodesPage(),
    'spec/config.schema.json': configSchema(program()),
    'docs/reference/report-format.md': reportFormatPage(),
  };
}

/** Builds the program without a terminal, because the pages would depend on its width. */
function program(): Command {
  const stream = new PassThrough();
  return buildProgram({ env: {}, stdout: stream, stderr: stream, end: () => undefined });
}
