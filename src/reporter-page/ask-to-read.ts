import type { BasisTold } from '../client/local-api.ts'
import type { UnderAgreement } from '../client/signal-bodies.ts'
import { sealedFields } from '../wire/codes/disclosures.ts'
import type { DisclosureView } from '../wire/disclosure.ts'
import type { Overlap } from '../wire/signal.ts'
import type { App, Screen } from './app.ts'
import { saysEnough, stepUpField } from './deciding.ts'
import {
  button,
  checkboxField,
  element,
  form,
  notice,
  selectField,
  submitButton,
  textArea,
} from './elements.ts'
import { explainFailure } from './failures.ts'
import { fetched } from './fetched.ts'
import { dayInWords } from './words.ts'

/** Asks the owner of a signal that touches an own one for what it sealed. */
export const askScreen = (app: App, overlap: Overlap, under: UnderAgreement): Screen => {
  const library = fetched(app, () =>
    app.transport.get<{ readonly legalBases: readonly BasisTold[] }>(
      `/api/agreements/${encodeURIComponent(under.hash)}/legal-bases`,
    ),
  )
  const { parties } = under.content
  const own = parties.find(({ agency }) => agency === app.own().agency)
  const bases = own?.legalBases.filter(({ roles }) => roles.includes('receive')) ?? []
  return () => {
    const t = app.t().request
    const language = app.language()
    const draw = (known: readonly BasisTold[]) => {
      const failure = element('div', {})
      const owner = selectField({
        label: t.owner,
        options: overlap.others.map(({ agency, name }) => ({ value: agency, text: name })),
      })
      const fields = checkboxField({
        label: t.fields,
        chosen: ['narrative'],
        options: sealedFields.map((one) => ({ value: one.code, text: one[language] })),
      })
      const article = selectField({
        label: t.basisPick,
        options: bases.map(({ code }) => {
          const basis = known.find((one) => one.code === code)
          return {
            value: code,
            text: basis === undefined ? code : `${basis.article}: ${basis[language]}`,
          }
        }),
      })
      const necessity = textArea({ label: t.necessity, hint: t.necessityHint, maxlength: 2_000 })
      const code = stepUpField(app)
      const submit = async (): Promise<void> => {
        const some = fields.read()
        fields.fault(some.length === 0 ? t.fieldsMissing : undefined)
        if (some.length === 0) return fields.focus()
        if (!saysEnough(app, necessity) || !code.check()) return
        try {
          const view = await app.transport.post<DisclosureView>('/api/disclosures', {
            code: code.read(),
            agreement: under.hash,
            handle: overlap.handle,
            owner: owner.read(),
            fields: some,
            article: article.read(),
            necessity: necessity.read(),
          })
          app.restart(() => ({
            title: t.new,
            body: [
              notice('ok', t.asked(view.other.name, dayInWords(view.dueAt, app.language()))),
              button(app.t().home, app.home),
            ],
          }))
        } catch (error) {
          failure.replaceChildren(explainFailure(app.t(), app.language(), error))
        }
      }
      return form(
        submit,
        failure,
        owner.node,
        fields.node,
        article.node,
        necessity.node,
        code.node,
        element(
          'div',
          { class: 'raakvlak-row' },
          submitButton(t.submit),
          button(app.t().back, app.back, 'secondary'),
        ),
      )
    }
    return { title: t.newTitle, body: library.show(({ legalBases }) => draw(legalBases)) }
  }
}
