import { html } from '../../kernel/html.ts'
import { button, buttonLink, errorSummary, link, paragraph, textField } from '../parts.ts'
import { safeReturn } from '../sign-in.ts'
import type { Answer, Visit } from '../types.ts'

const beginning = (path: string, returnTo: string): string =>
  `${path}?${new URLSearchParams({ return: returnTo })}`

export function signInPage({ text, query }: Visit): Answer {
  const returnTo = safeReturn(query.get('return'))
  return {
    title: text('sign-in.title'),
    body: html`${paragraph(text('sign-in.text'))}
${buttonLink(beginning('/console/sign-in/begin', returnTo), text('sign-in.button'))}`,
  }
}

export function provePage({ text, query }: Visit): Answer {
  return {
    title: text('prove.title'),
    body: html`${paragraph(text('prove.text'))}
${buttonLink(beginning('/console/prove/begin', safeReturn(query.get('return'))), text('prove.button'))}`,
  }
}

export const provedPage = ({ text }: Visit): Answer => ({
  title: text('prove.done.title'),
  body: paragraph(text('prove.done.text')),
})

export const signOutPage = ({ text }: Visit): Answer => ({
  title: text('sign-out.done.title'),
  body: html`${paragraph(text('sign-out.done.text'))}${paragraph(link('/console/sign-in', text('sign-in')))}`,
})

const unfinished = {
  failed: { status: 400, title: 'sign-in.failed.title', reason: 'sign-in.failed.text' },
  refused: { status: 403, title: 'sign-in.refused.title', reason: 'sign-in.refused.text' },
  other: { status: 403, title: 'prove.other.title', reason: 'prove.other.text' },
} as const

/** A sign-in that came to nothing. Nobody is told more than that: the log of the gateway knows why. */
export function unfinishedPage({ text }: Visit, why: keyof typeof unfinished): Answer {
  const { status, title, reason } = unfinished[why]
  return {
    status,
    title: text(title),
    body: html`${paragraph(text(reason))}${buttonLink('/console/sign-in', text('sign-in.again'))}`,
  }
}

/** The form of the sign-in service of development. What was typed is not shown again. */
export function accountPage({ text, path }: Visit, fault: 'wrong' | 'locked' | undefined): Answer {
  const faults =
    fault === undefined ? [] : [{ field: 'account', message: text(`account.${fault}`) }]
  return {
    title: text('account.title'),
    faulty: fault !== undefined,
    status: fault === undefined ? 200 : fault === 'locked' ? 429 : 400,
    body: html`${errorSummary(text, faults)}${paragraph(text('account.text'))}
<form class="raakvlak-form" method="post" action="${path}" novalidate>
${textField({ name: 'account', label: text('account.name'), autocomplete: 'username', required: true })}
${textField({ name: 'password', label: text('account.password'), type: 'password', autocomplete: 'current-password', required: true })}
${textField({ name: 'code', label: text('account.code'), autocomplete: 'one-time-code', numeric: true, maxLength: 7, required: true })}
${button(text('sign-in'))}
</form>`,
  }
}
