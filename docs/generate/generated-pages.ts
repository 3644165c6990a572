import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminApiPage } from './admin-api-page.ts';
import { casesPages } from './cases-page.ts';
import { commandLinePage } from './command-line-page.ts';
import { errorCodesPage, exitCodesPage } from './error-codes-page.ts';
import { journalPage } from './journal-page.ts';
import { libraryPage } from './library-page.ts';
import { llmsText } from './llms-text.ts';
import { packFormatPage } from './pack-format-page.ts';
import { readProgram } from './program.ts';
import { reportFormatPage } from './report-format-page.ts';
import { ROOT } from './root.ts';
import { scenariosPage } from './scenarios-page.ts';

/** Every generated page, by its path in the repository. */
export async function generatedPages(): Promise<Readonly<Record<string, string>>> {
  const pages = await pagesFromCode();
  return { ...pages, 'llms.txt': llmsText((page) => pages[page] ?? readFileSync(join(ROOT, page), 'utf8')) };
}

async function pagesFromCode(): Promise<Readonly<Record<string, string>>> {
  const { 'receivers.md': receivers = '', 'clients.md': clients = '' } = casesPages();
  return {
    'docs/receivers.md': receivers,
    'docs/clients.md': clients,
    'docs/reference/command-line.md': commandLinePage(await readProgram()),
    'docs/reference/admin-api.md': adminApiPage(),
    'docs/reference/library.md': libraryPage(),
    'docs/reference/pack-format.md': packFormatPage(),
    'docs/reference/scenarios.md': scenariosPage(),
    'docs/reference/journal.md': journalPage(),
    'docs/reference/error-codes.md': errorCodesPage(),
    'docs/reference/exit-codes.md': exitCodesPage(),
    'docs/reference/report-format.md': reportFormatPage(),
  };
}
