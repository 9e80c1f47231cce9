import type { Disclosures, DisclosureTold } from '../client/local-api.ts'
import { refusalReasons, sealedFields } from '../wire/codes/disclosures.ts'
import type { DisclosureSummary, DisclosureView } from '../wire/disclosure.ts'
import type { App, Screen } from './app.ts'
import { saysEnough, stepUpField } from './deciding.ts'
import {
  button,
  type Child,
  checkboxField,
  element,
  form,
  notice,
  radioField,
  submitButton,
  summaryList,
  textArea,
  textField,
} from './elements.ts'
import { explainFailure } from './failures.ts'
import { fetched } from './fetched.ts'
import { table } from './table.ts'
import { dayInWords, nameOf } from './words.ts'

const fieldsInWords = (app: App, fields: readonly string[]): string =>
  fields.map((field) => nameOf(sealedFields, field, app.language())).join('; ')

function linesOf(app: App, caption: string, all: readonly DisclosureSummary[]): Child {
  const t = app.t().requests
  return table(
    caption,
    [t.who, t.case, t.what, t.due, t.state, t.look],
    all.map((one) => {
      const look = button(t.look, () => app.show(requestScreen(app, one)), 'subtle')
      look.setAttribute('aria-label', t.lookOf(one.other.name))
      return [
        one.other.name,
        one.signal.caseReference ?? '',
        fieldsInWords(app, one.fields),
        [
          dayInWords(one.dueAt, app.language()),
          one.overdue &&
            element(
              'span',
              { class: 'nl-data-badge raakvlak-badge raakvlak-badge--warning' },
              t.late,
            ),
        ],
        t.states[one.state],
        look,
      ]
    }),
  )
}

/** What others ask of this agency, and what it asked of them. */
export const requestsScreen = (app: App): Screen => {
  const list = fetched(app, () => app.transport.get<Disclosures>('/api/disclosures'))
  return () => {
    const t = app.t().requests
    return {
      title: t.title,
      body: list.show(({ asked, asking }) =>
        asked.length + asking.length === 0
          ? element('p', {}, t.none)
          : [linesOf(app, t.asked, asked), linesOf(app, t.asking, asking)],
      ),
    }
  }
}

type RequestLine = Pick<DisclosureSummary, 'number' | 'side' | 'other'>

/** Something that is done to a request: its failure is shown where it was asked for. */
const acting =
  (app: App, line: RequestLine) =>
  async (place: HTMLElement, word: string, body: object, then?: (answer: unknown) => void) => {
    try {
      const answer = await app.transport.post(`/api/disclosures/${line.number}/${word}`, body)
      if (then === undefined) app.restart(requestScreen(app, line))
      else then(answer)
    } catch (error) {
      place.replaceChildren(explainFailure(app.t(), app.language(), error))
    }
  }

type Act = ReturnType<typeof acting>

function grantForm(app: App, { fields }: DisclosureView, act: Act): Child {
  const t = app.t().request
  const failure = element('div', {})
  const chosen = checkboxField({
    label: t.grantTitle,
    hint: t.grantText,
    chosen: [],
    options: fields.map((field) => ({
      value: field,
      text: nameOf(sealedFields, field, app.language()),
    })),
  })
  const days = textField({ label: t.days, value: '7', inputmode: 'numeric', width: 'short' })
  const code = stepUpField(app)
  const submit = async (): Promise<void> => {
    const some = chosen.read()
    chosen.fault(some.length === 0 ? t.grantMissing : undefined)
    const count = Number(days.read())
    const isCount = Number.isInteger(count) && count >= 1 && count <= 30
    days.fault(isCount ? undefined : t.daysWrong)
    if (some.length === 0) chosen.focus()
    else if (!isCount) days.focus()
    else if (code.check()) {
      await act(failure, '_grant', { code: code.read(), fields: some, days: count })
    }
  }
  return form(submit, failure, chosen.node, days.node, code.node, submitButton(t.grant))
}

function refuseForm(app: App, act: Act): Child {
  const t = app.t().request
  const failure = element('div', {})
  const reason = radioField({
    label: t.reason,
    chosen: ['not-necessary'],
    options: refusalReasons.map((one) => ({ value: one.code, text: one[app.language()] })),
  })
  const words = textArea({ label: `${t.words} (${app.t().optional})`, maxlength: 2_000 })
  const submit = async (): Promise<void> => {
    if (!saysEnough(app, words, true)) return
    const text = words.read()
    await act(failure, '_refuse', { reason: reason.read(), ...(text === '' ? {} : { text }) })
  }
  return form(submit, failure, reason.node, words.node, submitButton(t.refuse))
}

/** One text and one button. */
function remarkForm(app: App, act: Act, word: string, label: string, send: string): Child {
  const failure = element('div', {})
  const words = textArea({ label, maxlength: 2_000 })
  const submit = async (): Promise<void> => {
    if (saysEnough(app, words)) await act(failure, word, { text: words.read() })
  }
  return form(submit, failure, words.node, submitButton(send))
}

/** One button behind the access code. */
function codeForm(
  app: App,
  act: Act,
  {
    word,
    text,
    send,
    then,
  }: { word: string; text: string; send: string; then: (answer: unknown) => void },
): Child {
  const failure = element('div', {})
  const code = stepUpField(app)
  const submit = async (): Promise<void> => {
    if (code.check()) await act(failure, word, { code: code.read() }, then)
  }
  return form(submit, element('p', {}, text), failure, code.node, submitButton(send))
}

const folded = (title: string, ...body: readonly Child[]): HTMLElement =>
  element('details', { class: 'raakvlak-card page-folded' }, element('summary', {}, title), ...body)

function ownerActs(app: App, { view, ownCase }: DisclosureTold, act: Act): Child {
  const t = app.t().request
  if (view.state === 'granted') {
    const then = (answer: unknown): void => {
      const { outcome } = answer as { readonly outcome: string }
      const text = outcome === 'closed' ? t.closed : t.tooLate
      app.restart(() => ({
        title: t.revoke,
        body: [notice('info', text), button(app.t().home, app.home)],
      }))
    }
    return folded(
      t.revoke,
      codeForm(app, act, { word: '_revoke', text: t.revokeText, send: t.revoke, then }),
    )
  }
  const isOpen = view.state === 'requested' || view.state === 'asked' || view.state === 'refused'
  if (!isOpen) return undefined
  const mayGrant = ownCase !== undefined
  return [
    mayGrant ? folded(t.grant, grantForm(app, view, act)) : notice('warning', t.notFromHere),
    view.state !== 'refused' && folded(t.refuse, refuseForm(app, act)),
    view.state === 'requested' && folded(t.ask, remarkForm(app, act, '_ask', t.question, t.ask)),
  ]
}

/** What was opened: shown once. Nothing leads back to it, and it is kept nowhere. */
const openedScreen =
  (app: App, opened: Readonly<Record<string, string>>): Screen =>
  () => {
    const t = app.t().request
    return {
      title: t.openedTitle,
      body: [
        notice('info', t.openedText),
        Object.entries(opened).map(([field, text]) => [
          element('h2', {}, nameOf(sealedFields, field, app.language())),
          element('p', { class: 'raakvlak-card page-opened' }, text),
        ]),
        button(t.close, app.home),
      ],
    }
  }

function receiverActs(app: App, view: DisclosureView, act: Act): Child {
  const t = app.t().request
  if (view.state === 'granted' || view.state === 'released') {
    const then = (answer: unknown): void => {
      const { opened } = answer as { readonly opened: Readonly<Record<string, string>> }
      app.restart(openedScreen(app, opened))
    }
    return codeForm(app, act, { word: '_open', text: t.openText, send: t.open, then })
  }
  if (view.state === 'asked') return remarkForm(app, act, '_reply', t.answer, t.reply)
  const hasObjected = view.remarks.some(({ kind }) => kind === 'objection')
  if (view.state !== 'refused' || hasObjected) return undefined
  return folded(t.object, remarkForm(app, act, '_object', t.objection, t.object))
}

function remarksOf(app: App, { remarks }: DisclosureView): Child {
  const t = app.t().request
  if (remarks.length === 0) return undefined
  return [
    element('h2', {}, t.said),
    element(
      'ul',
      {},
      remarks.map(({ by, kind, text, at }) =>
        element(
          'li',
          {},
          element('strong', {}, `${t.by[by]}, ${t.kinds[kind]}`),
          ` (${dayInWords(at, app.language())})`,
          text !== undefined && `: ${text}`,
        ),
      ),
    ),
  ]
}

/** One request, with what can be done about it. */
const requestScreen = (app: App, line: RequestLine): Screen => {
  const { number, side, other } = line
  const told = fetched(app, () => app.transport.get<DisclosureTold>(`/api/disclosures/${number}`))
  return () => {
    const t = app.t()
    const act = acting(app, line)
    const body = told.show((one) => {
      const { view, necessity, ownCase, basis } = one
      const { grant, refusal } = view
      return [
        necessity !== undefined && notice('info', t.request.verified),
        summaryList([
          [t.requests.state, t.requests.states[view.state]],
          [t.request.fields, fieldsInWords(app, view.fields)],
          [
            t.request.basis,
            basis === undefined ? view.article : `${basis.article}: ${basis[app.language()]}`,
          ],
          ...(necessity === undefined ? [] : [[t.request.why, necessity] as const]),
          ...(ownCase === undefined ? [] : [[t.request.ownCase, ownCase] as const]),
          [t.requests.due, dayInWords(view.dueAt, app.language())],
          ...(refusal === undefined
            ? []
            : [[t.request.refuse, nameOf(refusalReasons, refusal, app.language())] as const]),
          ...(grant === undefined
            ? []
            : [
                [
                  t.request.grant,
                  `${fieldsInWords(app, grant.fields)}, ${t.request.until(dayInWords(grant.expiresAt, app.language()))}`,
                ] as const,
              ]),
        ]),
        remarksOf(app, view),
        view.side === 'owner' ? ownerActs(app, one, act) : receiverActs(app, view, act),
      ]
    })
    const { titleOwner, titleReceiver } = t.request
    const title = side === 'owner' ? titleOwner(other.name) : titleReceiver(other.name)
    return {
      title,
      body: [
        body,
        element(
          'div',
          { class: 'raakvlak-row' },
          button(t.requests.title, () => app.restart(requestsScreen(app)), 'secondary'),
        ),
      ],
    }
  }
}
