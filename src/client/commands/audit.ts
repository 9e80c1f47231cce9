import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { sentenceOf, steps, stepTitles } from '../../evidence/findings.ts'
import { paths } from '../../evidence/paths.ts'
import {
  type AuditPins,
  type AuditReport,
  unreadablePackage,
  verifyAuditPackage,
} from '../../evidence/verify.ts'
import { unpack } from '../../evidence/zip.ts'
import { bundleVerifier } from '../../verifier/bundle.ts'
import { occasions } from '../../wire/access.ts'
import type { AuditQuery } from '../../wire/audit.ts'
import { HomeError, type HomeSettings } from '../agency-home.ts'
import { saveDownload } from './download.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type PackageOptions = AuditQuery & { readonly agency: string; readonly output: string }
type VerifyOptions = {
  readonly agency?: string
  readonly gateway?: string
  readonly keyholder?: string
  readonly json?: boolean
}

const yearOf = (text: string): number => {
  const year = Number(text)
  if (Number.isSafeInteger(year) && year >= 2020 && year <= 2200) return year
  throw new InvalidArgumentError('It is a year, such as 2026.')
}

const verdicts: Readonly<Record<AuditReport['verdict'], string>> = {
  verified: 'Everything holds, under the keys that you pinned.',
  'not-pinned':
    'Everything fits together, under keys that only the package names. Give --agency, or --gateway and --keyholder.',
  wrong: 'This package does not hold.',
}

function tell({ findings, verdict }: AuditReport): void {
  for (const step of steps) {
    const own = findings.filter((finding) => finding.step === step)
    if (own.length === 0) continue
    print(`${own.every(({ ok }) => ok) ? 'right' : 'WRONG'}  ${stepTitles[step].en}`)
    const told = own.length > 8 ? own.filter(({ ok }) => !ok) : own
    for (const finding of told)
      print(`       ${finding.ok ? '' : 'WRONG: '}${sentenceOf(finding, 'en')}`)
    if (told.length < own.length) print(`       ${own.length - told.length} more are right.`)
  }
  print(verdicts[verdict])
}

async function verifyFile(file: string, pins: AuditPins): Promise<AuditReport> {
  const bytes = await readFile(file)
  try {
    return await verifyAuditPackage(unpack(new Uint8Array(bytes)), pins)
  } catch (error) {
    return unreadablePackage(error)
  }
}

async function pinsOf({ agency, gateway, keyholder }: VerifyOptions): Promise<AuditPins> {
  const own = agency === undefined ? undefined : (await openHome(agency)).settings
  const pins = {
    gateway: gateway ?? own?.gateway.rootThumbprint,
    keyholder: keyholder ?? own?.keyholder.rootThumbprint,
  }
  return Object.fromEntries(Object.entries(pins).filter(([, pin]) => pin !== undefined))
}

const pinsIn = ({ gateway, keyholder }: HomeSettings): AuditPins => ({
  gateway: gateway.rootThumbprint,
  keyholder: keyholder.rootThumbprint,
})

async function takePackage({ agency, output, ...query }: PackageOptions): Promise<void> {
  const { partner, settings } = await openHome(agency)
  const pins = pinsIn(settings)
  const size = await saveDownload(output, await partner.auditPackage(query), {
    check: async (draft) => {
      const report = await verifyFile(draft, pins)
      if (report.verdict === 'verified') return
      tell(report)
      throw new HomeError('what came in does not hold; nothing is kept')
    },
  })
  const { mtime } = await stat(output)
  note(`${output}: ${size} bytes, verified ${mtime.toISOString()}.`)
}

/** The report is as true as the package it stands in: that is taken and verified whole. */
async function takeReport({ agency, output, ...query }: PackageOptions): Promise<void> {
  const { partner, settings } = await openHome(agency)
  const chunks: Uint8Array[] = []
  for await (const chunk of await partner.auditPackage(query)) chunks.push(chunk)
  const content = unpack(new Uint8Array(Buffer.concat(chunks)))
  const report = await verifyAuditPackage(content, pinsIn(settings))
  const text = content.files.get(paths.report)
  if (report.verdict !== 'verified' || text === undefined) {
    tell(report)
    throw new HomeError('what came in does not hold; nothing is kept')
  }
  await saveDownload(output, Readable.from([text]))
  note(`${output}: of a verified package.`)
}

const occasionOption = () =>
  new Option('--occasion <why>', 'why you take it; it stands on the ledger')
    .choices([...occasions])
    .default('inspection')

/** The evidence of a year, for the yearly audit (Wpg art. 33). Its client needs the scope `oversee`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('the evidence of a year, for your auditor')

  audit
    .command('package')
    .description('take the evidence of a year; it is verified before it is kept')
    .requiredOption(...agencyOption)
    .requiredOption('--year <year>', 'which year, of Dutch time', yearOf)
    .addOption(occasionOption())
    .requiredOption('-o, --output <file>', 'where to; refused when it is there')
    .action(takePackage)

  audit
    .command('verify <file>')
    .description('verify a package offline, step by step')
    .option(...agencyOption)
    .option('--gateway <thumbprint>', 'root key of the gateway, as you got it out of band')
    .option('--keyholder <thumbprint>', 'root key of the keyholder')
    .option('--json', 'as JSON')
    .action(async (file: string, options: VerifyOptions) => {
      const report = await verifyFile(file, await pinsOf(options))
      if (options.json) printJson(report)
      else tell(report)
      if (report.verdict === 'wrong') process.exitCode = 1
    })

  audit
    .command('report')
    .description('the yearly report of the privacy officer, out of a verified package of the year')
    .requiredOption(...agencyOption)
    .requiredOption('--year <year>', 'which year, of Dutch time', yearOf)
    .addOption(occasionOption())
    .requiredOption('-o, --output <file>', 'where to; refused when it is there')
    .action(takeReport)

  audit
    .command('verifier')
    .description('SHA-256 of index.html and verify.mjs, as every package of this version has them')
    .action(async () => {
      const { hashes } = await bundleVerifier()
      print(`${hashes.page}  index.html`)
      print(`${hashes.program}  verify.mjs`)
    })
}
