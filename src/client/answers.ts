import { UntrustworthyOperator } from './errors.ts'
import type { Session } from './session.ts'

/** A form that an answer has to have. */
export type Form<Answer> = { readonly Check: (value: unknown) => value is Answer }

/** @throws UntrustworthyOperator when the gateway answered in another form */
export const checked = <Answer>(form: Form<Answer>, answer: unknown): Answer => {
  if (!form.Check(answer)) throw new UntrustworthyOperator('gateway', 'it answered in another form')
  return answer
}

export type Answers = ReturnType<typeof openAnswers>

/** What the gateway answers, in the form that it has to have. For requests that can be sent again. */
export function openAnswers(session: Session) {
  const read = async <Answer>(form: Form<Answer>, path: string): Promise<Answer> =>
    checked(form, await session.request('GET', path, undefined, { idempotent: true }))

  return {
    read,

    write: async <Answer>(form: Form<Answer>, path: string, body: object): Promise<Answer> =>
      checked(form, await session.request('POST', path, body, { idempotent: true })),

    /** All pages of a list. */
    async pagesOf<Page extends { readonly next?: string }>(
      form: Form<Page>,
      path: string,
      query: Readonly<Record<string, string>> = {},
    ): Promise<Page[]> {
      const pages: Page[] = []
      let cursor: string | undefined
      do {
        const asked = new URLSearchParams({ ...query, ...(cursor === undefined ? {} : { cursor }) })
        const page = await read(form, `${path}?${asked}`)
        pages.push(page)
        cursor = page.next
      } while (cursor !== undefined)
      return pages
    },
  }
}
