import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { alarmRulesPage } from './write-docs/alarm-rules.ts'
import { codesPage } from './write-docs/codes.ts'
import { checkEntryScript } from './write-docs/console-script.ts'
import { consoleStyle } from './write-docs/console-style.ts'
import { errorsPage } from './write-docs/errors.ts'
import { ledgerEntriesPage } from './write-docs/ledger-entries.ts'
import { openApiDocument } from './write-docs/openapi.ts'
import { policyMatrixPage } from './write-docs/policy-matrix.ts'
import { reporterPageHashes } from './write-docs/reporter-page.ts'
import { schemaPages } from './write-docs/schemas.ts'

/**
 * Writes the documents that are made from code. With --check it writes nothing, names those that
 * differ from what stands in docs/, and ends with 1 if there is any.
 */
const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'check-entry.js': checkEntryScript,
  'console.css': consoleStyle,
  'alarm-rules.md': alarmRulesPage,
  'codes.md': codesPage,
  'errors.md': errorsPage,
  'ledger-entries.md': ledgerEntriesPage,
  'openapi.json': openApiDocument,
  'policy-matrix.md': policyMatrixPage,
  ...schemaPages,
  'reporter-page.md': reporterPageHashes,
}

/** Where those stand that are no documents. */
const elsewhere: Readonly<Record<string, string>> = {
  'check-entry.js': '../src/console/assets',
  'console.css': '../src/console/assets',
}

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    directory: { type: 'string' },
  },
})

const docs = new URL('../docs/', import.meta.url)
let differing = 0
for (const [name, write] of Object.entries(pages)) {
  const file = `${values.directory ?? fileURLToPath(new URL(elsewhere[name] ?? '.', docs))}/${name}`
  const page = await write()
  const standing = await readFile(file, 'utf8').catch(() => '')
  if (standing === page) continue
  differing += 1
  if (values.check) console.error(`docs/${name} differs from the code: run "npm run docs"`)
  else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, page)
    console.log(`docs/${name} is written anew`)
  }
}
if (values.check && differing > 0) process.exitCode = 1
