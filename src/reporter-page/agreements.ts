import type { AgreementLine, AgreementTold } from '../client/local-api.ts'
import { type Difference, differencesBetween } from '../proofs/agreement-difference.ts'
import { dataCategories } from '../wire/codes.ts'
import type { App, Screen } from './app.ts'
import { stepUpField } from './deciding.ts'
import {
  button,
  type Child,
  element,
  form,
  notice,
  radioField,
  submitButton,
  summaryList,
} from './elements.ts'
import { explainFailure } from './failures.ts'
import { fetched } from './fetched.ts'
import { table } from './table.ts'
import { dayInWords, momentInWords, nameOf } from './words.ts'

/** The agreements that this agency is a party to. */
export const agreementsScreen = (app: App): Screen => {
  const list = fetched(app, () =>
    app.transport.get<{ readonly agreements: readonly AgreementLine[] }>('/api/agreements'),
  )
  return () => {
    const t = app.t().agreements
    return {
      title: t.title,
      body: list.show(({ agreements }) =>
        agreements.length === 0
          ? element('p', {}, t.none)
          : table(
              t.title,
              [t.name, t.state, t.look],
              agreements.map(({ hash, title, state, awaiting, renewalDue }) => {
                const look = button(
                  t.look,
                  () => app.show(agreementScreen(app, hash, title)),
                  'subtle',
                )
                look.setAttribute('aria-label', t.lookOf(title))
                const waits = awaiting.includes(app.own().agency)
                return [
                  title,
                  [
                    t.states[state],
                    waits &&
                      element(
                        'span',
                        { class: 'nl-data-badge raakvlak-badge raakvlak-badge--warning' },
                        t.yours,
                      ),
                    renewalDue &&
                      element(
                        'span',
                        { class: 'nl-data-badge raakvlak-badge raakvlak-badge--warning' },
                        t.renewal,
                      ),
                  ],
                  look,
                ]
              }),
            ),
      ),
    }
  }
}

function termsOf(app: App, { content, hash, state, awaiting, bases }: AgreementTold): HTMLElement {
  const t = app.t().agreements
  const language = app.language()
  const { validity, parties, conditions } = content
  const list = (items: readonly Child[]) =>
    element(
      'ul',
      {},
      items.map((item) => element('li', {}, item)),
    )
  return summaryList([
    [t.state, t.states[state]],
    ...(awaiting.length === 0 ? [] : [[t.waits, awaiting.join(', ')] as const]),
    [t.purpose, content.purpose],
    [
      t.validity,
      `${dayInWords(validity.notBefore, language)} – ${dayInWords(validity.notAfter, language)}`,
    ],
    [
      t.parties,
      list(
        parties.map(({ agency, roles, legalBases }) => [
          element('strong', {}, agency),
          ` ${roles.map((role) => t.roles[role]).join(', ')}: ${legalBases.map(({ code }) => bases.find((one) => one.code === code)?.article ?? code).join('; ')}`,
        ]),
      ),
    ],
    [t.data, list(content.dataCategories.map((code) => nameOf(dataCategories, code, language)))],
    [t.retention, t.months(content.retentionMonths)],
    [t.interest, content.publicInterest],
    ...(conditions.length === 0 ? [] : [[t.conditions, list(conditions)] as const]),
    [t.dpia, content.dpiaReference],
    [t.thumbprint, element('code', {}, hash)],
  ])
}

const isInstant = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T.*Z$/.test(text)

/** One difference in the reader's language; members that have no name of their own there keep theirs. */
function differenceInWords(app: App, difference: Difference): string {
  const t = app.t().agreements
  const names: Readonly<Record<string, string>> = t.members
  const shown = (text: string | undefined): string =>
    text === undefined
      ? t.difference.nothing
      : isInstant(text)
        ? momentInWords(text, app.language())
        : text
  if (difference.kind === 'party-gone') return t.difference['party-gone'](difference.agency)
  if (difference.kind === 'party-come') {
    return t.difference['party-come'](difference.agency, difference.roles.join(', '))
  }
  const at = difference.at.map((name) => names[name] ?? name).join(', ')
  if (difference.kind === 'member') {
    return t.difference.member(at, shown(difference.was), shown(difference.is))
  }
  return t.difference[difference.kind](at, difference.items.join(', '))
}

function changesOf(app: App, { content, previous }: AgreementTold): Child {
  const t = app.t().agreements
  if (previous === undefined) return element('p', {}, t.first)
  const differences = differencesBetween(previous, content)
  if (differences.length === 0) return element('p', {}, t.noChanges)
  return element(
    'ul',
    {},
    differences.map((one) => element('li', {}, differenceInWords(app, one))),
  )
}

type Signature = 'accept' | 'reject' | 'revoke'

const choicesFor = (app: App, { state, awaiting }: AgreementTold): readonly Signature[] => {
  if (state === 'ended') return []
  if (awaiting.includes(app.own().agency)) return ['accept', 'reject']
  return ['revoke']
}

function signForm(app: App, told: AgreementTold): Child {
  const t = app.t().agreements
  const choices = choicesFor(app, told)
  if (choices.length === 0) return undefined
  const failure = element('div', {})
  const choice = radioField({
    label: t.choose,
    chosen: [],
    options: choices.map((value) => ({
      value,
      text: t[value],
      ...(value === 'reject' ? { hint: t.rejectText } : {}),
    })),
  })
  const code = stepUpField(app)
  const submit = async (): Promise<void> => {
    const type = choice.read()
    choice.fault(type === '' ? t.missing : undefined)
    if (type === '') return choice.focus()
    if (!code.check()) return
    try {
      const path = `/api/agreements/${encodeURIComponent(told.hash)}/_sign`
      await app.transport.post(path, { code: code.read(), type })
      await app.renewOwn()
      app.restart(agreementScreen(app, told.hash, told.content.title))
    } catch (error) {
      failure.replaceChildren(explainFailure(app.t(), app.language(), error))
    }
  }
  return form(submit, failure, choice.node, code.node, submitButton(t.submit))
}

/** One agreement: what changes, its terms, and what this agency can do about it. */
const agreementScreen = (app: App, hash: string, title: string): Screen => {
  const told = fetched(app, () =>
    app.transport.get<AgreementTold>(`/api/agreements/${encodeURIComponent(hash)}`),
  )
  return () => {
    const t = app.t().agreements
    const { gateway, keyholder } = app.own().thumbprints
    const body = told.show((one) => {
      const { content } = one
      const isKnown =
        content.gateway.rootThumbprint === gateway && content.keyholder.rootThumbprint === keyholder
      return [
        element('h2', {}, t.changes),
        changesOf(app, one),
        termsOf(app, one),
        element(
          'details',
          { class: 'raakvlak-card page-folded' },
          element('summary', {}, t.whole),
          element('pre', { tabindex: 0, 'aria-label': t.whole }, JSON.stringify(content, null, 2)),
        ),
        isKnown ? signForm(app, one) : notice('error', t.otherOperators),
      ]
    })
    return {
      title,
      body: [
        body,
        element(
          'div',
          { class: 'raakvlak-row' },
          button(t.title, () => app.restart(agreementsScreen(app)), 'secondary'),
        ),
      ],
    }
  }
}
