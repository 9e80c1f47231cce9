import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { systemClock } from '../../kernel/clock.ts'
import { policySetHashOf } from '../../proofs/policy-set.ts'
import { thumbprintOf } from '../../proofs/statement.ts'
import { subjectKinds } from '../../wire/codes/subjects.ts'
import { ageBands, categories, codesOf, dataCategories } from '../../wire/codes.ts'
import {
  type ExplainBody,
  type Explanation,
  explainedActs,
  type PolicySet,
} from '../../wire/policy.ts'
import { chooseAgreement, HomeError, readAgreement } from '../agency-home.ts'
import {
  type PinnedOperator,
  type PolicySetWish,
  policySetStatement,
  readPolicySet,
  signPolicySet,
  simulatePolicySet,
} from '../operators.ts'
import { administratorOption, openAdministrator } from './administrator-option.ts'
import { agencyOption, agreementOption, openHome } from './home-option.ts'
import { note, print, printJson, simulationLines } from './output.ts'
import { addReviewCaseList } from './review-cases.ts'

type Language = 'en' | 'nl'

const words = {
  en: {
    permit: 'Permitted.',
    refuse: 'Refused.',
    or: 'It would be permitted if',
    also: 'or if',
    due: (days: number) => `A review falls due within ${days} days.`,
    tell: (role: string) => `Will have to be told: ${role}.`,
  },
  nl: {
    permit: 'Toegestaan.',
    refuse: 'Geweigerd.',
    or: 'Het zou mogen als',
    also: 'of als',
    due: (days: number) => `Binnen ${days} dagen is een toets nodig.`,
    tell: (role: string) => `Moet het weten: ${role}.`,
  },
} as const

function explanationLines(explanation: Explanation, language: Language): string[] {
  const said = words[language]
  const { outcome, reasons, remedies, obligations } = explanation
  return [
    said[outcome],
    ...reasons.map((reason) => `  ${reason[language]} (${reason.article}; ${reason.policy})`),
    ...remedies.flatMap(({ changes }, at) => [
      at === 0 ? said.or : said.also,
      ...changes.map((change) => `  ${change[language]} (${change.fact}: ${change.value})`),
    ]),
    ...obligations.map((one) => {
      const role = one.kind === 'notify' && one.of === 'owner' ? 'owner-' : ''
      const line = one.kind === 'review' ? said.due(one.withinDays) : said.tell(role + one.role)
      return `${line} (${one.policy})`
    }),
  ]
}

type ExplainOptions = Omit<ExplainBody, 'act' | 'draft' | 'agreement'> & {
  readonly agency: string
  readonly agreement?: string
  readonly draft?: string
  readonly language: Language
  readonly json?: boolean
}

async function explain(act: string, options: ExplainOptions): Promise<void> {
  const asked = explainedActs.find((one) => one === act)
  if (asked === undefined) throw new HomeError(`the act is one of ${explainedActs.join(', ')}`)
  const { agency, agreement, draft, language, json, ...request } = options
  const { folder, partner } = await openHome(agency)
  const about =
    draft === undefined
      ? { agreement: (await chooseAgreement(folder, agreement)).hash }
      : { draft: (await readAgreement(draft)).content }
  const explanation = await partner.explain({ act: asked, ...about, ...request })
  if (json) return printJson(explanation)
  for (const line of explanationLines(explanation, language)) print(line)
}

/** The policy files of a folder, under their bare names. */
async function readSet(folder: string): Promise<PolicySet> {
  const names = (await readdir(folder)).sort()
  const read = async (file: string) => ({ file, text: await readFile(join(folder, file), 'utf8') })
  const [schema, ...others] = names.filter((name) => name.endsWith('.cedarschema'))
  if (schema === undefined || others.length > 0) {
    throw new HomeError(`${folder} needs exactly one *.cedarschema`)
  }
  return {
    schema: await read(schema),
    policies: await Promise.all(names.filter((name) => name.endsWith('.cedar')).map(read)),
  }
}

/** Does something with a set at every operator that the administrator knows, or at one of them. */
async function atOperators(
  folder: string,
  options: { readonly administrator: string; readonly operator?: string },
  act: (
    operator: PinnedOperator,
    key: Parameters<typeof signPolicySet>[1],
    wish: PolicySetWish,
  ) => Promise<void>,
): Promise<void> {
  const { key, operators } = await openAdministrator(options.administrator)
  const set = await readSet(folder)
  const chosen = operators.filter(({ url }) => (options.operator ?? url) === url)
  if (chosen.length === 0) throw new HomeError('you are no administrator of that operator')
  for (const operator of chosen) {
    const { hash: from } = await readPolicySet(operator.url)
    await act(operator, key, { set, from, at: systemClock.now() })
  }
}

export function addDecisionCommands(program: Command): void {
  program
    .command('explain <act>')
    .description('may I share this? what would be decided, why, and what would have to change')
    .requiredOption(...agencyOption)
    .option(...agreementOption)
    .option('--draft <file>', 'a draft in the place of an agreement')
    .option('--purpose <slug>', 'the purpose named; that of the agreement by default')
    .option('--domain <slug>', 'the domain named; that of the agreement by default')
    .addOption(new Option('--category <code>', 'for signal.submit').choices(codesOf(categories)))
    .addOption(new Option('--age-band <code>', 'for signal.submit').choices(codesOf(ageBands)))
    .addOption(
      new Option('--subject-kind <code>', 'for signal.submit; a person by default').choices(
        codesOf(subjectKinds),
      ),
    )
    .addOption(
      new Option(
        '--data-categories <codes...>',
        'what a signal shares beside what every one does',
      ).choices(codesOf(dataCategories)),
    )
    .option('--on-behalf-of <agency>', 'the agency for which you would act')
    .addOption(new Option('--owner <who>', 'whose signal').choices(['self', 'another']))
    .option('--other <agency>', 'the other side of a disclosure: its owner, or its receiver')
    .addOption(new Option('--language <code>', 'of the answer').choices(['en', 'nl']).default('en'))
    .option('--json', 'as JSON, whole')
    .action(explain)

  const policy = program.command('policy').description('the policies by which an operator decides')

  policy
    .command('show')
    .description('the policies in force at an operator')
    .requiredOption('--operator <url>', 'the operator')
    .action(async ({ operator }: { operator: string }) => {
      const { hash, set } = await readPolicySet(operator)
      for (const { file, text } of set.policies) print(`// ${file}\n${text}`)
      note(`Policy set ${hash}`)
    })

  policy
    .command('sign <folder>')
    .description('sign a new policy set; the second administrator’s signature puts it in force')
    .option('--operator <url>', 'at this operator only')
    .option('--beside', 'leave the signature beside the files, for a start with a new release')
    .option(...administratorOption)
    .action(
      (folder: string, options: { administrator: string; operator?: string; beside?: boolean }) =>
        atOperators(folder, options, async (operator, key, wish) => {
          const hash = policySetHashOf(wish.set)
          if (options.beside) {
            const statement = await policySetStatement(operator, key, 'change', wish)
            const name = `${(await thumbprintOf(key)).slice(0, 8)}-${new URL(operator.url).host.replace(/[^a-z0-9.-]/g, '-')}.jws`
            await writeFile(join(folder, name), `${statement}\n`)
            return print(`Wrote ${join(folder, name)} for ${operator.url} (${hash})`)
          }
          const { state } = await signPolicySet(operator, key, wish)
          print(`${operator.url}: ${state.replaceAll('-', ' ')} (${hash})`)
        }),
    )

  policy
    .command('simulate <folder>')
    .description('which decisions of the last 90 days a policy set would turn, as totals')
    .option('--operator <url>', 'at this operator only')
    .option(...administratorOption)
    .action((folder: string, options: { administrator: string; operator?: string }) =>
      atOperators(folder, options, async (operator, key, wish) => {
        print(operator.url)
        for (const line of simulationLines(await simulatePolicySet(operator, key, wish)))
          print(line)
      }),
    )

  const review = program
    .command('review')
    .description('what waits to be reviewed, and the reviews that policies ask of the agency')
  addReviewCaseList(review)

  review
    .command('policies')
    .description('the reviews that policies ask, closed ones too, the earliest due first')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async (options: { agency: string; json?: boolean }) => {
      const reviews = await (await openHome(options.agency)).partner.reviews()
      if (options.json) return printJson(reviews)
      if (reviews.length === 0) note('None.')
      for (const { id, policy: asks, purpose, dueAt, finding } of reviews) {
        print(`${id}  ${finding ?? `due ${dueAt.slice(0, 10)}`}  ${asks}  (${purpose})`)
      }
    })

  review
    .command('tell')
    .description('whom policies ask the agency to tell of what was done, the newest first')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async (options: { agency: string; json?: boolean }) => {
      const obligations = await (await openHome(options.agency)).partner.obligations()
      if (options.json) return printJson(obligations)
      if (obligations.length === 0) note('None.')
      for (const { role, act, policy: asks, purpose, on } of obligations) {
        print(`${on}  ${role}  of ${act}  ${asks}  (${purpose})`)
      }
    })

  review
    .command('close <id>')
    .description('close a review with what was found')
    .requiredOption(...agencyOption)
    .addOption(
      new Option('--finding <code>', 'what was found')
        .choices(['in-order', 'mended'])
        .makeOptionMandatory(),
    )
    .action(async (id: string, options: { agency: string; finding: 'in-order' | 'mended' }) => {
      const { partner } = await openHome(options.agency)
      await partner.closeReview(id, options.finding)
      print('Closed.')
    })
}
