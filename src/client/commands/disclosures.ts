import type { Command } from 'commander'
import { refusalReasons } from '../../wire/codes/disclosures.ts'
import { codesOf } from '../../wire/codes.ts'
import type { DisclosureSummary, DisclosureView } from '../../wire/disclosure.ts'
import { chooseAgreement, HomeError } from '../agency-home.ts'
import { keptReleaseIn } from '../kept-release.ts'
import { ownCaseOf } from '../meant-signal.ts'
import type { UnderAgreement } from '../signal-bodies.ts'
import { addEmergencyCommands } from './emergencies.ts'
import { fieldNames, fieldsIn } from './field-option.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson } from './output.ts'
import { addRecallCommands } from './recalls.ts'

type Options = { readonly agency: string; readonly agreement?: string; readonly json?: boolean }

/** The legal basis that was named, or the only one on which the agency receives. */
function articleOf(named: string | undefined, agency: string, { content }: UnderAgreement): string {
  const bases = content.parties.find((party) => party.agency === agency)?.legalBases ?? []
  const codes = bases.filter(({ roles }) => roles.includes('receive')).map(({ code }) => code)
  const [only, ...others] = codes
  if (named !== undefined) return named
  if (only === undefined || others.length > 0) {
    throw new HomeError(`say on which legal basis with --article: ${codes.join(', ')}`)
  }
  return only
}

const lineOf = ({ number, other, state, signal, fields, dueAt, overdue }: DisclosureSummary) =>
  [
    `${number}  ${state.padEnd(9)}  ${signal.caseReference ?? signal.id}  ${other.name}: ${fields.join(', ')}`,
    state === 'requested' ? `  (answer by ${dueAt}${overdue ? ', OVERDUE' : ''})` : '',
  ].join('')

function printView(view: DisclosureView, necessity?: string): void {
  print(lineOf(view))
  print(`  legal basis: ${view.article}`)
  if (necessity !== undefined) print(`  why: ${necessity}`)
  for (const { by, kind, text, at } of view.remarks) {
    print(`  ${at} ${by}, ${kind}${text === undefined ? '' : `: ${text}`}`)
  }
  if (view.refusal !== undefined) print(`  refused: ${view.refusal}`)
  if (view.grant !== undefined) {
    const { number, fields, expiresAt } = view.grant
    print(`  grant ${number}: ${fields.join(', ')} until ${expiresAt}`)
  }
}

/** The own signal that a request is about: named, or known from the agency's own journals. */
async function meantSignal(
  folder: string,
  view: DisclosureView,
  named: string | undefined,
): Promise<string> {
  const { id } = view.signal
  if (named !== undefined) return named
  if ((await ownCaseOf(folder, view)) !== undefined) return id
  throw new HomeError(
    `signal ${id} was not submitted from ${folder}; make sure which case it is and name it with --signal`,
  )
}

const open = async ({ agency, agreement }: Options) => {
  const { folder, partner } = await openHome(agency)
  const under = await chooseAgreement(folder, agreement)
  return { folder, agency: partner.agency, disclosures: partner.disclosures, under }
}

export function addDisclosureCommands(program: Command): void {
  const disclosure = program
    .command('disclosure')
    .description('open a sealed text of another agency, by decision of that agency')
  const command = (words: string, description: string) =>
    disclosure
      .command(words)
      .description(description)
      .requiredOption(...agencyOption)
      .option(...agreementOption)

  command('request <handle>', 'ask the owner of a signal that touches yours for sealed fields')
    .requiredOption('--owner <agency>', 'short name of the agency whose signal it is')
    .requiredOption('--necessity <text>', 'why you need it; only the owner reads it')
    .option('--fields <list>', `of ${fieldNames.join(', ')}`, 'narrative')
    .option('--article <code>', 'legal basis on which you receive; not needed when there is one')
    .action(
      async (
        handle: string,
        options: Options & {
          readonly owner: string
          readonly necessity: string
          readonly fields: string
          readonly article?: string
        },
      ) => {
        const { agency, disclosures, under } = await open(options)
        const view = await disclosures.request(
          { handle },
          {
            owner: options.owner,
            fields: fieldsIn(options.fields),
            article: articleOf(options.article, agency, under),
            necessity: options.necessity,
          },
          under,
        )
        print(`Asked. Disclosure ${view.number}; ${view.other.name} has to answer by ${view.dueAt}`)
      },
    )

  for (const [name, side, description] of [
    ['inbox', 'owner', 'what other agencies ask of your signals'],
    ['list', 'receiver', 'what you asked of others'],
  ] as const) {
    command(name, description)
      .option('--json', 'as JSON')
      .action(async (options: Options) => {
        const { disclosures, under } = await open(options)
        const all = await disclosures.list(under, side)
        if (options.json) return printJson(all)
        if (all.length === 0) note('None.')
        for (const one of all) print(lineOf(one))
      })
  }

  command('show <number>', 'one disclosure, with why it was asked and what was said').action(
    async (number: string, options: Options) => {
      const { disclosures, under } = await open(options)
      const view = await disclosures.show(number)
      const isOwner = view.side === 'owner' && view.request !== undefined
      printView(view, isOwner ? await disclosures.necessityOf(view, under) : undefined)
    },
  )

  command('grant <number>', 'let the receiver open what it asked for, or a part, once')
    .option('--fields <list>', 'only these')
    .option('--days <number>', 'how long it may open it', '7')
    .option('--signal <id>', 'the signal that you mean, when it was submitted from elsewhere')
    .action(
      async (
        number: string,
        options: Options & {
          readonly fields?: string
          readonly days: string
          readonly signal?: string
        },
      ) => {
        const { folder, disclosures, under } = await open(options)
        const days = Number(options.days)
        if (!Number.isInteger(days) || days < 1) throw new HomeError('--days takes a whole number')
        const signalId = await meantSignal(folder, await disclosures.show(number), options.signal)
        const view = await disclosures.grant(number, under, {
          signalId,
          days,
          ...(options.fields === undefined ? {} : { fields: fieldsIn(options.fields) }),
        })
        print(`Granted. Grant ${view.grant?.number}, until ${view.grant?.expiresAt}`)
      },
    )

  command('refuse <number>', 'do not disclose')
    .requiredOption('--reason <code>', `one of ${codesOf(refusalReasons).join(', ')}`)
    .option('--text <text>', 'what the receiver should know')
    .action(
      async (
        number: string,
        options: Options & { readonly reason: string; readonly text?: string },
      ) => {
        const reason = codesOf(refusalReasons).find((code) => code === options.reason)
        if (reason === undefined) {
          throw new HomeError(`--reason is one of ${codesOf(refusalReasons).join(', ')}`)
        }
        const { disclosures } = await open(options)
        const text = options.text === undefined ? {} : { text: options.text }
        await disclosures.answer(number, { answer: 'refuse', reason, ...text })
        print('Refused.')
      },
    )

  for (const [name, description, say] of [
    [
      'ask',
      'ask the receiver something before you decide',
      (text: string) => ({ answer: 'ask', text }) as const,
    ],
    [
      'reply',
      'answer the owner’s question',
      (text: string) => ({ reply: 'answer', text }) as const,
    ],
    [
      'object',
      'object to a refusal: that once',
      (text: string) => ({ reply: 'objection', text }) as const,
    ],
  ] as const) {
    command(`${name} <number>`, description)
      .requiredOption('--text <text>', 'the words')
      .action(async (number: string, options: Options & { readonly text: string }) => {
        const { disclosures } = await open(options)
        const said = say(options.text)
        if ('answer' in said) await disclosures.answer(number, said)
        else await disclosures.reply(number, said)
        print('Said.')
      })
  }

  command('revoke <grant>', 'take a grant back, at both operators').action(
    async (grant: string, options: Options) => {
      const { disclosures } = await open(options)
      const outcome = await disclosures.revoke(grant)
      print(
        outcome === 'closed'
          ? 'Taken back: it opens no more.'
          : 'Taken back, but both halves were released before: the receiver may have opened it.',
      )
    },
  )

  command('open <number>', 'open what was granted to you; interrupt it and run it again')
    .option('--json', 'as JSON')
    .action(async (number: string, options: Options) => {
      const { folder, disclosures, under } = await open(options)
      const texts = await disclosures.open(number, under, await keptReleaseIn(folder, number))
      if (options.json) return printJson(texts)
      for (const [field, text] of Object.entries(texts)) print(`${field}:\n${text}`)
    })

  addEmergencyCommands(disclosure)
  addRecallCommands(disclosure)
}
