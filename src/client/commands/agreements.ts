import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { shifted, systemClock } from '../../kernel/clock.ts'
import { systemRandomness } from '../../kernel/random.ts'
import { differencesOf } from '../../proofs/agreement-difference.ts'
import type { AgreementList, SuspensionPayload } from '../../wire/agreement.ts'
import type { LibraryView } from '../../wire/library.ts'
import {
  HomeError,
  keepAgreement,
  readAgreement,
  readPublicAgency,
  readSignatoryKey,
} from '../agency-home.ts'
import { type DraftParty, draftAgreement, type PublicAgency } from '../agreement-draft.ts'
import { OperatorAway } from '../errors.ts'
import { readLibrary, suspendAgreementAt } from '../operators.ts'
import { administratorOption, openAdministrator } from './administrator-option.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson, simulationLines } from './output.ts'

const collect = (value: string, before: string[]): string[] => [...before, value]

const causes: readonly SuspensionPayload['cause'][] = ['incident', 'legal-basis', 'misuse', 'other']

type DraftOptions = {
  title: string
  purpose: string
  party: string[]
  legalBasis: string[]
  exemption: string[]
  competentAuthority: string[]
  deputy: string[]
  coordinator: string[]
  emergency: string[]
  nonPunishment?: string
  dpia?: string
  archive?: string
  agency: string
  days: string
}

function archiveYearsOf(text: string): number {
  const years = Number(text)
  if (Number.isInteger(years) && 1 <= years && years <= 5) return years
  throw new HomeError('--archive takes a number of years from 1 to 5')
}

/** What `NAME=WORD` options say about one party. */
const about = (agency: string, options: readonly string[]): string[] =>
  options.filter((one) => one.startsWith(`${agency}=`)).map((one) => one.slice(agency.length + 1))

/** A word about somebody who is no party would be lost without a sound. */
function assertAboutParties(parties: readonly PublicAgency[], options: DraftOptions): void {
  const names = parties.map(({ agency }) => agency)
  const words = [
    ...options.legalBasis,
    ...options.exemption,
    ...options.competentAuthority,
    ...options.deputy,
    ...options.coordinator,
    ...options.emergency,
  ]
  if (words.every((word) => names.some((name) => word.startsWith(`${name}=`)))) return
  throw new HomeError(`say of which party: ${names.map((name) => `${name}=…`).join(' or ')}`)
}

function draftPartyOf(party: PublicAgency, options: DraftOptions): DraftParty {
  const legalBases = about(party.agency, options.legalBasis)
  const [competentAuthority] = about(party.agency, options.competentAuthority)
  const [deputy] = about(party.agency, options.deputy)
  const [coordinator] = about(party.agency, options.coordinator)
  return {
    ...party,
    ...(legalBases.length === 0 ? {} : { legalBases }),
    exemptions: about(party.agency, options.exemption),
    ...(competentAuthority === undefined ? {} : { competentAuthority }),
    ...(deputy === undefined ? {} : { deputy }),
    ...(coordinator === undefined ? {} : { coordinator }),
  }
}

/** The agency that reviews, its desk and the desk for what is late: `PARTY=DESK;DESK`. */
function nonPunishmentOf(parties: readonly PublicAgency[], text: string) {
  const [, agency = '', contactDesk = '', escalationDesk = contactDesk] =
    /^([^=]+)=([^;]+)(?:;(.+))?$/.exec(text) ?? []
  if (!parties.some((party) => party.agency === agency)) {
    throw new HomeError('--non-punishment takes PARTY=DESK, or PARTY=DESK;DESK-FOR-WHAT-IS-LATE')
  }
  return { agency, contactDesk, escalationDesk, workingDays: 5 }
}

async function writeDraft(file: string, options: DraftOptions): Promise<void> {
  const { settings } = await openHome(options.agency)
  const days = Number(options.days)
  if (!Number.isInteger(days) || days < 1) throw new HomeError('--days takes a whole number')
  const at = systemClock.now()
  const parties = await Promise.all(options.party.map(readPublicAgency))
  assertAboutParties(parties, options)
  await assertInLibrary(settings.gateway.url, options)
  const content = draftAgreement({
    title: options.title,
    purpose: options.purpose,
    parties: parties.map((party) => draftPartyOf(party, options)),
    pins: { gateway: settings.gateway, keyholder: settings.keyholder },
    random: systemRandomness,
    at,
    until: shifted(at, days * 86_400),
    ...(options.dpia === undefined ? {} : { dpiaReference: options.dpia }),
    ...(options.nonPunishment === undefined
      ? {}
      : { nonPunishment: nonPunishmentOf(parties, options.nonPunishment) }),
    ...(options.emergency.length === 0
      ? {}
      : {
          emergency: new Map(
            parties.map(({ agency }) => [agency, about(agency, options.emergency)]),
          ),
        }),
    ...(options.archive === undefined ? {} : { archiveYears: archiveYearsOf(options.archive) }),
  })
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx' })
  print(`Wrote ${file}. Read and complete it; one party proposes it, and every other one signs it.`)
}

/**
 * Makes sure that the gateway's library knows what a draft names, so that nobody reads and completes one
 * that no operator takes. A gateway that cannot be reached is no fault: then that is said.
 */
async function assertInLibrary(url: string, options: DraftOptions): Promise<void> {
  let library: LibraryView
  try {
    library = await readLibrary(url)
  } catch (error) {
    if (!(error instanceof OperatorAway)) throw error
    note('The gateway cannot be reached: purpose and legal bases were not checked.')
    return
  }
  const purposes = library.purposes.map(({ code }) => code)
  if (!purposes.includes(options.purpose)) {
    throw new HomeError(`--purpose takes one of the library: ${purposes.join(', ')}`)
  }
  const bases = library.legalBases.map(({ code }) => code)
  const named = [...options.legalBasis, ...options.exemption].map((one) =>
    one.slice(one.indexOf('=') + 1),
  )
  const unknown = named.filter((code) => !bases.includes(code))
  if (unknown.length > 0) {
    throw new HomeError(`legal bases and exemptions are those of the library: ${bases.join(', ')}`)
  }
}

type SimulateOptions = { agency: string; onBehalfOf?: string; json?: boolean }

type SignOptions = { agency: string; signatory?: string; reject?: boolean }

async function signFile(file: string, options: SignOptions): Promise<void> {
  const { folder, partner } = await openHome(options.agency)
  const under = await readAgreement(file)
  if (options.reject) {
    await partner.rejectAgreement(under.hash)
    print('Rejected at both operators: it ends for all parties.')
    return
  }
  const key =
    options.signatory === undefined ? undefined : await readSignatoryKey(options.signatory)
  const { state, awaiting } = await partner.acceptAgreement(under.content, key)
  await keepAgreement(folder, under)
  print(
    state === 'in-force'
      ? 'In force: every party accepted.'
      : awaiting.length > 0
        ? `Signed; waiting for ${awaiting.join(', ')}.`
        : state === 'proposed'
          ? `Every party accepted; it is in force from ${under.content.validity.notBefore} on.`
          : `Signed; the agreement is ${state}.`,
  )
  note(`Agreement ${under.hash}`)
}

function textOf({
  content,
  hash,
  state,
  awaiting,
  renewalDue,
}: AgreementList['agreements'][number]) {
  const { notBefore, notAfter } = content.validity
  return [
    `${content.title} (${content.purpose}): ${state}`,
    `  ${hash}`,
    `  from ${notBefore} until ${notAfter}${renewalDue ? '; RENEWAL IS DUE' : ''}`,
    ...(awaiting.length > 0 ? [`  waiting for ${awaiting.join(', ')}`] : []),
    ...content.parties.map(
      ({ agency, roles, legalBases }) =>
        `  ${agency}: ${roles.join(', ')} (${legalBases.map(({ code }) => code).join(', ')})`,
    ),
    ...(content.emergency === undefined
      ? []
      : [
          `  in acute danger two officers of a receiver may open sealed fields, ${content.emergency.perDay} times a day; the owner reviews it within ${content.emergency.reviewDays} days`,
        ]),
    ...(content.nonPunishment === undefined
      ? []
      : [
          `  ${content.nonPunishment.agency} (${content.nonPunishment.contactDesk}) looks within ${content.nonPunishment.workingDays} working days at who is a suspect to one and a presumed victim to another`,
        ]),
    `  keeps signals for ${content.retentionMonths} months; shares ${content.dataCategories.join(', ')}`,
    ...(content.archive === undefined
      ? []
      : [
          `  afterwards recognises young persons once more, for ${content.archive.years} years (archive)`,
        ]),
  ].join('\n')
}

/** The hash of an agreement that was given as one, or as its file. */
const hashOf = async (given: string): Promise<string> =>
  given.startsWith('$1$1$') ? given : (await readAgreement(given)).hash

export function addAgreementCommands(program: Command): void {
  const agreement = program
    .command('agreement')
    .description('agreements under which signals are shared')

  agreement
    .command('draft <file>')
    .description('write a first draft, to be read and completed')
    .requiredOption('--title <text>', 'what people call it')
    .requiredOption('--purpose <code>', 'a purpose of the library, such as protecting-victims')
    .requiredOption(
      '--party <name-or-file>',
      'a party’s public.json or name; once per party',
      collect,
      [],
    )
    .option('--legal-basis <party=code>', 'a basis of one party; may be repeated', collect, [])
    .option('--exemption <party=code>', 'an exemption of one party; may be repeated', collect, [])
    .option('--competent-authority <party=text>', 'who consented for one party', collect, [])
    .option('--deputy <party=desk>', 'whom to call in the desk’s absence', collect, [])
    .option('--coordinator <party=desk>', 'who is told of what nobody did in time', collect, [])
    .option(
      '--emergency <party=code>',
      'have a clause for emergencies: on which basis or exemption, for one party; may be repeated',
      collect,
      [],
    )
    .option(
      '--non-punishment <party=desk;late-desk>',
      'who looks again at a person who is a suspect to one and a presumed victim to another',
    )
    .option('--dpia <reference>', 'reference of the DPIA')
    .option('--archive <years>', 'years in which expired signals are recognised once, at most 5')
    .requiredOption(...agencyOption)
    .option('--days <number>', 'how long it is valid', '365')
    .action(writeDraft)

  for (const [name, description] of [
    ['propose', 'put an agreement before its parties, at both operators, and accept it'],
    ['sign', 'accept an agreement that was proposed, at both operators, or reject it'],
  ] as const) {
    const command = agreement
      .command(`${name} <file>`)
      .description(description)
      .requiredOption(...agencyOption)
      .option('--signatory <key-file>', 'sign with a signatory’s key instead of the agency’s')
      .action(signFile)
    if (name === 'sign') command.option('--reject', 'reject it, for all parties')
  }

  agreement
    .command('show <file-or-hash>')
    .description('state, parties and terms of an agreement')
    .requiredOption(...agencyOption)
    .option('--save <file>', 'write its content to this file')
    .option('--json', 'as JSON, whole')
    .action(async (given: string, options: { agency: string; save?: string; json?: boolean }) => {
      const { partner } = await openHome(options.agency)
      const view = await partner.agreement(await hashOf(given))
      if (options.json) printJson(view)
      else print(textOf(view))
      if (options.save !== undefined) {
        await writeFile(options.save, `${JSON.stringify(view.content, null, 2)}\n`, { flag: 'wx' })
      }
    })

  agreement
    .command('diff <old> <new>')
    .description('what differs between two files, in words')
    .action(async (old: string, fresh: string) => {
      const [before, after] = [await readAgreement(old), await readAgreement(fresh)]
      const differences = differencesOf(before.content, after.content)
      if (differences.length === 0) note('The terms are the same.')
      for (const difference of differences) print(difference)
    })

  agreement
    .command('suspend <file-or-hash>')
    .description('stop all acts under an agreement, at every operator that you administer')
    .option('--cause <word>', `one of ${causes.join(', ')}`, 'incident')
    .option('--lift', 'lift the suspension instead')
    .option(...administratorOption)
    .action(
      async (given: string, options: { cause: string; lift?: boolean; administrator: string }) => {
        const cause = causes.find((one) => one === options.cause)
        if (cause === undefined) throw new HomeError(`--cause takes one of ${causes.join(', ')}`)
        const admin = await openAdministrator(options.administrator)
        const hash = await hashOf(given)
        const suspended = options.lift !== true
        const at = systemClock.now()
        const results = await Promise.allSettled(
          admin.operators.map((operator) =>
            suspendAgreementAt(operator, admin.key, { agreement: hash, suspended, cause, at }),
          ),
        )
        results.forEach(({ status }, index) => {
          const { url } = admin.operators[index] ?? { url: '' }
          if (status === 'fulfilled') print(`${suspended ? 'Suspended' : 'Lifted'} at ${url}.`)
        })
        const failed = results.find((result) => result.status === 'rejected')
        if (failed) throw failed.reason
      },
    )

  agreement
    .command('end <file-or-hash>')
    .description('end an agreement for all its parties, at once and for good')
    .requiredOption(...agencyOption)
    .action(async (given: string, options: { agency: string }) => {
      const { partner } = await openHome(options.agency)
      await partner.revokeAgreement(await hashOf(given))
      print('Ended at both operators. Nothing more happens under it.')
    })

  agreement
    .command('list')
    .description('the agreements that the agency is a party to')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON, whole')
    .action(async (options: { agency: string; json?: boolean }) => {
      const { partner } = await openHome(options.agency)
      const agreements = await partner.agreements()
      if (options.json) return printJson(agreements)
      if (agreements.length === 0) note('None yet.')
      for (const { content, state, hash, renewalDue } of agreements) {
        const due = renewalDue ? '; renewal is due' : ''
        print(`${state.padEnd(9)} ${content.title} (${content.purpose})${due}\n          ${hash}`)
      }
    })

  agreement
    .command('simulate <file>')
    .description('which of the agency’s decisions of the last 90 days a draft would turn')
    .requiredOption(...agencyOption)
    .option('--on-behalf-of <agency>', 'over what yours did for this one, by its delegation')
    .option('--json', 'as JSON, whole')
    .action(async (file: string, options: SimulateOptions) => {
      const { partner } = await openHome(options.agency)
      const { onBehalfOf } = options
      const simulation = await partner.simulate(
        (await readAgreement(file)).content,
        onBehalfOf === undefined ? {} : { onBehalfOf },
      )
      if (options.json) return printJson(simulation)
      for (const line of simulationLines(simulation)) print(line)
    })
}
