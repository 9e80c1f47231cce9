import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sentenceOf, steps, stepTitles } from '../evidence/findings.ts'
import {
  type AuditReport,
  type Package,
  unreadablePackage,
  verifyAuditPackage,
} from '../evidence/verify.ts'
import { unpack } from '../evidence/zip.ts'

/**
 * `verify.mjs` of an audit package: verifies a zip, or the folder it was unpacked into, on a machine that has Node 20 or later and
 * nothing else. Exit code 0 when everything holds, 1 when something does not.
 */

const words = {
  nl: {
    right: 'goed',
    wrong: 'FOUT',
    verified: 'Alles klopt, onder de sleutels die u zelf hebt vastgelegd.',
    'not-pinned':
      'Alles past bij elkaar. Vergelijk de vingerafdruk hierboven met die u buiten dit pakket om kreeg, of geef ze mee met --gateway en --keyholder.',
    broken: 'Dit pakket klopt niet.',
  },
  en: {
    right: 'right',
    wrong: 'WRONG',
    verified: 'Everything holds, under the keys that you pinned.',
    'not-pinned':
      'Everything fits together. Compare the thumbprint above with the one that you got outside of this package, or give them with --gateway and --keyholder.',
    broken: 'This package does not hold.',
  },
} as const

/** Every file of a folder, under its path with slashes. */
function readFolder(folder: string): Package {
  const files = new Map<string, Uint8Array>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(
      path.slice(folder.length + 1).replaceAll('\\', '/'),
      new Uint8Array(readFileSync(path)),
    )
  }
  return { files }
}

function readPackage(path: string): Package {
  if (statSync(path).isDirectory()) return readFolder(path.replace(/[/\\]+$/, ''))
  return unpack(new Uint8Array(readFileSync(path)))
}

function print({ verdict, findings }: AuditReport, language: 'nl' | 'en'): void {
  const say = words[language]
  const lines = steps.flatMap((step) => {
    const own = findings.filter((finding) => finding.step === step)
    if (own.length === 0) return []
    const told = own.map(
      (finding) => `  ${finding.ok ? say.right : say.wrong}  ${sentenceOf(finding, language)}`,
    )
    return [stepTitles[step][language], ...told]
  })
  const ending = verdict === 'wrong' ? say.broken : say[verdict]
  process.stdout.write(`${[...lines, '', ending].join('\n')}\n`)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    gateway: { type: 'string' },
    keyholder: { type: 'string' },
    en: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const [path = dirname(fileURLToPath(import.meta.url))] = positionals
let report: AuditReport
try {
  report = await verifyAuditPackage(readPackage(path), {
    ...(values.gateway === undefined ? {} : { gateway: values.gateway }),
    ...(values.keyholder === undefined ? {} : { keyholder: values.keyholder }),
  })
} catch (error) {
  report = unreadablePackage(error)
}
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else print(report, values.en ? 'en' : 'nl')
process.exitCode = report.verdict === 'wrong' ? 1 : 0
