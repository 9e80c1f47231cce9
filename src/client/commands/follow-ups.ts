import type { Command } from 'commander'
import { disputeReasons, outcomes } from '../../wire/codes/follow-ups.ts'
import { type Code, codesOf } from '../../wire/codes.ts'
import type { FollowUpSummary, FollowUpView, Measure } from '../../wire/follow-up.ts'
import { chooseAgreement, HomeError } from '../agency-home.ts'
import type { SeenFollowUp } from '../follow-ups.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'

type Options = {
  readonly agency: string
  readonly agreement?: string
  readonly seen?: string
  readonly json?: boolean
}

const caseOf = ({ signals }: FollowUpSummary): string =>
  signals.map(({ id, caseReference }) => caseReference ?? id).join(', ') || 'no signal left'

/** What of these terms is the next that somebody has to meet. */
function nextTerm({ terms }: FollowUpSummary): string {
  const [next] = [...terms].sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1))
  if (next === undefined) return ''
  const late = next.overdue ? ', OVERDUE' : ''
  return `; ${next.agency} has to ${next.term} by ${next.dueAt}${late}`
}

const stateOf = ({ state, outcome, endCause }: FollowUpSummary): string =>
  outcome ?? (endCause === undefined ? state : `${state} (${endCause})`)

const lineOf = (one: FollowUpSummary): string =>
  [
    `${one.handle}  ${String(one.priority?.points ?? '').padStart(3)}  ${stateOf(one)}  ${caseOf(one)}`,
    `  lead: ${one.lead.name}${nextTerm(one)}`,
  ].join('\n')

function printView(view: FollowUpView): void {
  print(lineOf(view))
  print(`  version ${view.version}, open since ${view.begunAt}, ${view.quality}`)
  for (const { name, contactDesk, acknowledgedAt, left } of view.agencies) {
    const seen =
      acknowledgedAt === undefined ? 'not acknowledged' : `acknowledged ${acknowledgedAt}`
    print(`  ${name}: ${contactDesk} (${left ? 'left' : seen})`)
  }
  for (const { ground, points } of view.priority?.rows ?? []) print(`  ${points} points: ${ground}`)
  for (const { at, event, agency, detail } of view.history) {
    print(`  ${at}  ${[event, agency, detail].filter(Boolean).join(' ')}`)
  }
}

const measureText = ({ begun, queue, closed, followedUp, useful, ageDays }: Measure): string =>
  [
    `${begun} begun`,
    `${queue} in the queue`,
    `${closed} closed`,
    ...(followedUp === undefined ? [] : [`${Math.round(followedUp * 100)} % followed up`]),
    ...(useful === undefined ? [] : [`${Math.round(useful * 100)} % useful`]),
    ...(ageDays === undefined ? [] : [`open for ${ageDays.p50} days (p50), ${ageDays.p90} (p90)`]),
  ].join(', ')

function codeIn<Name extends string>(
  list: readonly (Code & { readonly code: Name })[],
  text: string,
  option: string,
): Name {
  const found = list.find(({ code }) => code === text)
  if (found === undefined) throw new HomeError(`${option} is one of ${codesOf(list).join(', ')}`)
  return found.code
}

const open = async ({ agency, agreement }: Options) => {
  const { folder, partner } = await openHome(agency)
  return { followUps: partner.followUps, under: () => chooseAgreement(folder, agreement) }
}

/** The follow-up as the officer saw it: the version that was named, or as it stands now. */
async function seenBy(handle: string, options: Options) {
  const { followUps } = await open(options)
  const version = Number(options.seen)
  if (options.seen !== undefined && !(Number.isInteger(version) && version > 0)) {
    throw new HomeError('--seen takes the version that "follow-up show" printed')
  }
  const seen: SeenFollowUp =
    options.seen === undefined ? await followUps.show(handle) : { handle, version }
  return { followUps, seen }
}

export function addFollowUpCommands(program: Command): void {
  const followUp = program
    .command('follow-up')
    .description('what becomes of overlaps: lead, terms, outcome and feedback')
  const command = (words: string, description: string) =>
    followUp
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option(...agreementOption)
  const act = (words: string, description: string) =>
    command(words, description).option('--seen <version>', 'only if it is still at this version')

  command('list', 'your queue, most points first')
    .option('--over', 'those that are closed or ended')
    .option('--json', 'as JSON')
    .action(async (options: Options & { readonly over?: boolean }) => {
      const { followUps, under } = await open(options)
      const all = await followUps.list(await under(), options.over ? 'over' : 'open')
      if (options.json) return printJson(all)
      if (all.length === 0) note('None.')
      for (const one of all) print(lineOf(one))
    })

  command('show <handle>', 'one follow-up with its points and its history')
    .option('--json', 'as JSON')
    .action(async (handle: string, options: Options) => {
      const view = await (await open(options)).followUps.show(handle)
      if (options.json) return printJson(view)
      printView(view)
    })

  act('acknowledge <handle>', 'say that your agency has seen the overlap').action(
    async (handle: string, options: Options) => {
      const { followUps, seen } = await seenBy(handle, options)
      printView(await followUps.acknowledge(seen))
    },
  )

  act('take-lead <handle>', 'take the lead, while it is not acknowledged or late').action(
    async (handle: string, options: Options) => {
      const { followUps, seen } = await seenBy(handle, options)
      printView(await followUps.takeLead(seen))
    },
  )

  act('hand-over <handle>', 'offer the lead to another agency, or answer its offer')
    .option('--to <agency>', 'the agency to which you offer it')
    .option('--accept', 'accept the lead that was offered to you')
    .option('--decline', 'decline it')
    .action(
      async (
        handle: string,
        options: Options & {
          readonly to?: string
          readonly accept?: boolean
          readonly decline?: boolean
        },
      ) => {
        const { to, accept = false, decline = false } = options
        if ([to !== undefined, accept, decline].filter(Boolean).length !== 1) {
          throw new HomeError('hand-over takes one of --to, --accept and --decline')
        }
        const { followUps, seen } = await seenBy(handle, options)
        printView(
          await (to === undefined
            ? followUps.answerOffer(seen, { answer: accept ? 'accept' : 'decline' })
            : followUps.offerLead(seen, { to })),
        )
      },
    )

  act('dispute <handle>', 'dispute who has the lead; or, as the coordinator, settle that')
    .option('--reason <code>', `one of ${codesOf(disputeReasons).join(', ')}`)
    .option('--settle <agency>', 'the agency that has the lead from now on')
    .action(
      async (
        handle: string,
        options: Options & { readonly reason?: string; readonly settle?: string },
      ) => {
        const { reason, settle } = options
        if ((reason === undefined) === (settle === undefined)) {
          throw new HomeError('dispute takes either --reason or --settle')
        }
        const { followUps, seen } = await seenBy(handle, options)
        printView(
          await (settle === undefined
            ? followUps.disputeLead(seen, {
                reason: codeIn(disputeReasons, reason ?? '', '--reason'),
              })
            : followUps.settleDispute(seen, { lead: settle })),
        )
      },
    )

  act('outcome <handle> <code>', `record what became of it: ${codesOf(outcomes).join(', ')}`)
    .option('--apart <list>', 'with not-the-same-person: agencies whose signals are somebody else')
    .action(
      async (handle: string, code: string, options: Options & { readonly apart?: string }) => {
        const outcome = codeIn(outcomes, code, 'the outcome')
        const { followUps, seen } = await seenBy(handle, options)
        const apart = options.apart?.split(',').map((agency) => agency.trim())
        printView(
          await followUps.conclude(seen, { outcome, ...(apart === undefined ? {} : { apart }) }),
        )
      },
    )

  act('reopen <handle>', 'open a closed one again').action(
    async (handle: string, options: Options) => {
      const { followUps, seen } = await seenBy(handle, options)
      printView(await followUps.reopen(seen))
    },
  )

  command('feedback <signal>', 'what became of your signal')
    .option('--json', 'as JSON')
    .action(async (signal: string, options: Options) => {
      const told = await (await open(options)).followUps.feedback(signal)
      if (options.json) return printJson(told)
      print(`${told.en}${told.outcome === undefined ? '' : ` (${told.outcome})`}\n${told.nl}`)
    })

  command(
    'yield',
    'how many overlaps were followed up, how many usefully, and how old the queue is',
  )
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const { followUps, under } = await open(options)
      const measured = await followUps.measure(await under())
      if (options.json) return printJson(measured)
      print(`All: ${measureText(measured.total)}`)
      for (const { outcome, followUps: count } of measured.outcomes) print(`  ${outcome}: ${count}`)
      for (const one of measured.regions) print(`Region ${one.region}: ${measureText(one)}`)
      for (const one of measured.agencies) print(`With ${one.name}: ${measureText(one)}`)
    })
}
