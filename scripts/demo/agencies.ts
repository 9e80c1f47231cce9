import { mkdir, readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type AgencyKeys, makeAgencyKeys, rootThumbprintOf } from '../../src/client/agency-keys.ts'
import {
  type DraftParty,
  draftAgreement,
  type PublicAgency,
} from '../../src/client/agreement-draft.ts'
import { UnreadableFile } from '../../src/client/csv.ts'
import { openJournal } from '../../src/client/journal.ts'
import { enrolAdministrator, type PinnedOperators, pinAgency } from '../../src/client/operators.ts'
import { openPartner, type Partner } from '../../src/client/partner.ts'
import { type RejectedRow, readRows, type SignalRow } from '../../src/client/rows.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { type SubmissionReport, submitRows } from '../../src/client/submission.ts'
import { dayOf, shifted, systemClock } from '../../src/kernel/clock.ts'
import { slugOf } from '../../src/kernel/ids.ts'
import { randomUuid, systemRandomness } from '../../src/kernel/random.ts'
import type { PerOperator } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import type { Overlap } from '../../src/wire/signal.ts'

/** One agency of the demonstration: its file, and its own connector. */
export type DemoAgency = {
  readonly name: string
  readonly file: string
  readonly rows: readonly SignalRow[]
  readonly rejected: readonly RejectedRow[]
  readonly contactDesk: string
  readonly partner: Partner
  readonly keys: AgencyKeys
  readonly rootThumbprint: string
}

/** Reads every CSV file of a folder; the file's name is the agency's. */
export async function readInput(folder: string) {
  const files = (await readdir(folder)).filter((file) => file.toLowerCase().endsWith('.csv')).sort()
  if (files.length < 2) {
    throw new Error(
      `${folder} holds ${files.length} CSV files; an overlap takes two agencies, one file each`,
    )
  }
  const today = dayOf(systemClock.now())
  return Promise.all(
    files.map(async (file) => {
      const content = await readFile(join(folder, file))
      try {
        return { file, name: basename(file, file.slice(-4)), ...readRows(content, { today }) }
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error
        throw new UnreadableFile(error.problems.map((problem) => `${file}: ${problem}`))
      }
    }),
  )
}

/** The short name of each file's agency, in their order. */
export function agenciesOf(input: readonly { readonly name: string }[]): string[] {
  const taken = new Map<string, number>()
  return input.map(({ name }) => {
    const slug = slugOf(name)
    const count = (taken.get(slug) ?? 0) + 1
    taken.set(slug, count)
    return count === 1 ? slug : `${slug.slice(0, 58)}-${count}`
  })
}

/** Gives each file an agency with keys of its own and a connector that pins both operators. */
export async function openAgencies(
  input: Awaited<ReturnType<typeof readInput>>,
  pins: PinnedOperators,
): Promise<DemoAgency[]> {
  const names = agenciesOf(input)
  return Promise.all(
    input.map(async (one, at) => {
      const agency = names[at] ?? ''
      const keys = await makeAgencyKeys()
      const partner = openPartner({
        agency,
        client: 'connector',
        keys,
        pins,
        clock: systemClock,
        random: systemRandomness,
      })
      return {
        ...one,
        partner,
        keys,
        contactDesk: `Contact desk of ${one.name.slice(0, 150)}`,
        rootThumbprint: await rootThumbprintOf(keys),
      }
    }),
  )
}

/** An administrator at each operator admits every agency under the root key it was told. */
export async function admit(
  agencies: readonly DemoAgency[],
  pins: PinnedOperators,
  codes: PerOperator<string>,
): Promise<void> {
  for (const operator of ['gateway', 'keyholder'] as const) {
    const { root: key } = await makeAgencyKeys()
    await enrolAdministrator(pins[operator], key, codes[operator], systemClock.now())
    for (const { partner, name, rootThumbprint } of agencies) {
      await pinAgency(pins[operator], key, {
        agency: partner.agency,
        name: name.slice(0, 100),
        rootThumbprint,
        active: true,
        number: randomUuid(systemRandomness),
        at: systemClock.now(),
      })
    }
  }
  for (const { partner, contactDesk } of agencies) await partner.presentCard(contactDesk, 1)
}

/** On what each kind of agency rests its part, for the demonstration only; any other has a public task. */
function legalBasesOf(agency: string): Omit<DraftParty, keyof PublicAgency> {
  if (agency.includes('avim') || agency.includes('police')) {
    return {
      legalBases: ['wpg-20'],
      competentAuthority: 'Competent authority of the demonstration',
    }
  }
  if (agency.includes('youth')) return { legalBases: ['jeugdwet-7-1'] }
  return { legalBases: ['avg-6-1-e'], exemptions: ['avg-9', 'avg-10'] }
}

/** One agreement of all agencies, for everything; each signs it with its own key at both operators. */
export async function agree(
  agencies: readonly DemoAgency[],
  pins: PinnedOperators,
): Promise<UnderAgreement> {
  const at = systemClock.now()
  const subjects = agencies.reduce((total, { rows }) => total + rows.length, 0)
  const content = draftAgreement({
    title: 'Demonstration: signals of human trafficking and criminal exploitation',
    purpose: 'protecting-victims',
    parties: agencies.map(({ partner, name, rootThumbprint, contactDesk }) => ({
      agency: partner.agency,
      name,
      rootThumbprint,
      contactDesk,
      ...legalBasesOf(partner.agency),
    })),
    dpiaReference: 'DPIA of the demonstration',
    pins,
    random: systemRandomness,
    at,
    until: shifted(at, 365 * 86_400),
    evaluationsPerDay: 50_000 + 64 * subjects,
  })
  for (const { partner } of agencies) await partner.acceptAgreement(content)
  return { content, hash: agreementHashOf(content) }
}

/** What one agency did and what it knows afterwards. */
export type AgencyResult = {
  readonly agency: DemoAgency
  readonly report: SubmissionReport
  readonly overlaps: readonly Overlap[]
}

/** Every agency's connector submits its own file, all at the same time; then each looks. */
export async function submitAll(
  agencies: readonly DemoAgency[],
  under: UnderAgreement,
  folder: string,
  onProgress: (name: string, done: number, total: number) => void,
): Promise<AgencyResult[]> {
  await mkdir(join(folder, 'journals'), { recursive: true })
  const reports = await Promise.all(
    agencies.map(async ({ partner, rows, name }) => {
      const journal = await openJournal(join(folder, 'journals', `${partner.agency}.jsonl`))
      const report = await submitRows({
        partner,
        rows,
        under,
        journal,
        onProgress: (done) => onProgress(name, done, rows.length),
      })
      await journal.finish()
      return report
    }),
  )
  return Promise.all(
    agencies.map(async (agency, at) => {
      const report = reports[at]
      if (report === undefined) throw new Error('an agency has no report')
      return { agency, report, overlaps: await agency.partner.overlaps(under) }
    }),
  )
}
