import type { Page } from 'playwright-core'
import { type Texts, textsOf } from '../../src/reporter-page/texts.ts'
import type { TestConnector } from './connector.ts'

/** What a reporter does on the page, step by step. */

export type TypedPerson = {
  readonly givenNames: string
  readonly familyName: string
  readonly birthDate: string
  readonly bsn: string
  readonly narrative: string
}

/** Made up. The BSN passes the 11-test and belongs to a range that is given to nobody. */
export const person: TypedPerson = {
  givenNames: 'Wilhelmina',
  familyName: 'Zwanenburghsen',
  birthDate: '17-03-2009',
  bsn: '999990160',
  narrative: 'Zij vertelde dat zij elke nacht pakketten moet wegbrengen voor een onbekende.',
}

export const title = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
export const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).last().click()

export async function signIn(
  page: Page,
  { address, codes }: TestConnector,
  role: 'reporter' | 'decider' = 'reporter',
): Promise<void> {
  await page.goto(address)
  await page.getByLabel(textsOf.nl.signIn.code).fill(codes[role])
  await page.keyboard.press('Enter')
  await title(page, textsOf.nl.start.title(role === 'reporter' ? 'Roos' : 'Daan'))
}

/** What is done at every step before going on: its name, for a picture. */
export type AtStep = (name: string) => Promise<void>

/** Fills in everything, up to the answers that are looked over. */
export async function fillIn(
  page: Page,
  {
    who = person,
    language = 'nl',
    caseReference = '',
    at = async () => {},
  }: {
    readonly who?: TypedPerson
    readonly language?: 'nl' | 'en'
    readonly caseReference?: string
    readonly at?: AtStep
  } = {},
): Promise<void> {
  const t: Texts = textsOf[language]
  const isDutch = language === 'nl'
  const step = async (name: string, heading: string, answer: () => Promise<unknown>) => {
    await title(page, heading)
    await answer()
    await at(name)
    await press(page, t.next)
  }
  await step('kind', t.kind.title, async () => {})
  await step('role', t.role.title, () =>
    page
      .getByLabel(isDutch ? 'Vermoedelijk slachtoffer' : 'Presumed victim', { exact: true })
      .check(),
  )
  await step('category', t.category.title, () =>
    page.getByLabel(isDutch ? 'Criminele uitbuiting' : 'Criminal exploitation').check(),
  )
  await step('indicators', t.indicators.title, () =>
    page
      .getByLabel(
        isDutch
          ? 'Verzuimt vaak of is van school gevallen'
          : 'Often absent from school, or dropped out',
      )
      .check(),
  )
  await step('where', t.where.title, () => page.getByLabel(t.where.region).selectOption('twente'))
  await step('subject', t.who.title, async () => {
    await page.getByLabel(t.who.givenNames).fill(who.givenNames)
    await page.getByLabel(t.who.familyName).fill(who.familyName)
    await page.getByLabel(t.who.birthDate).fill(who.birthDate)
    await page.getByLabel(t.who.bsn).fill(who.bsn)
  })
  await step('text', t.text.title, async () => {
    await page.getByLabel(t.text.narrative).fill(who.narrative)
    const reference = page.getByLabel(t.text.case)
    if (caseReference !== '') await reference.fill(caseReference)
  })
  await title(page, t.check.title)
}
