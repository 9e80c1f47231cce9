import { type Html, html, type Piece } from '../kernel/html.ts'
import { datesIn, type Language, languages, type TextKey, type TextOf } from './texts.ts'
import type { Session } from './types.ts'

export type MenuEntry = { readonly path: string; readonly text: TextKey }

export type Frame = {
  readonly text: TextOf
  readonly language: Language
  /** Path and query of this page, for the language switch. */
  readonly address: URL
  readonly session: Session | undefined
  readonly now: Date
  readonly menu: readonly MenuEntry[]
  /** Addresses of the style sheet and the script. */
  readonly assets: { readonly style: string; readonly script: string }
}

/** The whole document around the content of a page. `title` stands in it as the only h1 unless `ownHeading`. */
export function documentOf(
  frame: Frame,
  {
    title,
    body,
    faulty = false,
    purpose,
    script,
  }: {
    readonly title: string
    readonly body: Html
    readonly faulty?: boolean
    readonly purpose?: string | undefined
    readonly script?: string | undefined
  },
): string {
  const { text, language, session, assets } = frame
  const shown = faulty ? text('title.error', { title }) : title
  return html`<!doctype html>
<html lang="${language}" class="raakvlak-theme">
<head>
<meta charset="utf-8">
<title>${shown} – ${text('brand')}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${assets.style}">
<link rel="icon" href="data:,">
<script src="${assets.script}" defer></script>
${script !== undefined && html`<script type="module" src="${script}"></script>`}
</head>
<body class="raakvlak-page">
${printMark(frame, purpose ?? title)}
<a class="nl-skip-link nl-skip-link--visible-on-focus" href="#content">${text('skip')}</a>
<header class="raakvlak-header">
<div class="raakvlak-header__row">
<a class="raakvlak-brand" href="${session === undefined ? '/' : '/console'}"><strong>${text('brand')}</strong> <span class="raakvlak-brand__tagline">${text('brand.tagline')}</span></a>
${languageSwitch(frame)}
${person(frame)}
</div>
${menuOf(frame)}
</header>
<main class="raakvlak-main" id="content" tabindex="-1">
<h1 class="nl-heading nl-heading--level-1">${title}</h1>
${body}
</main>
<footer class="raakvlak-footer">
<ul class="raakvlak-footer__links">
<li><a class="nl-link" href="/console/help">${text('footer.help')}</a></li>
<li><a class="nl-link" href="/console/accessibility">${text('footer.accessibility')}</a></li>
<li><a class="nl-link" href="/">${text('footer.public')}</a></li>
${session && html`<li><a class="nl-link" href="/console/sessions">${text('footer.sessions')}</a></li>`}
</ul>
</footer>
</body>
</html>
`.text
}

/** Stands on each printed sheet, and on no screen: paper travels without the page around it. */
function printMark({ text, language, session, now }: Frame, purpose: string): Piece {
  if (session === undefined) return undefined
  const { officer, agency } = session
  const at = datesIn(language).moment(now)
  return html`<div class="raakvlak-print-mark"><p>${text('print.by', { officer, agency, at })}<br>${text('print.purpose', { purpose })}</p></div>`
}

function languageSwitch({ text, language, address }: Frame): Html {
  const links = languages.map((one) => {
    if (one === language) {
      return html`<li><span aria-current="true" lang="${one}">${text(`language.${one}`)}</span></li>`
    }
    const other = new URL(address)
    other.searchParams.set('lang', one)
    return html`<li><a class="nl-link" href="${other.pathname}${other.search}" lang="${one}" hreflang="${one}">${text(`language.${one}`)}</a></li>`
  })
  return html`<nav class="raakvlak-language" aria-label="${text('language')}"><ul>${links}</ul></nav>`
}

function person({ text, session }: Frame): Piece {
  if (session === undefined) {
    return html`<div class="raakvlak-person"><a class="nl-link" href="/console/sign-in">${text('sign-in')}</a></div>`
  }
  return html`<div class="raakvlak-person">
<span>${text('signed-in-as', { name: session.name, agency: session.agency })}</span>
<form method="post" action="/console/sign-out">${csrfField(session)}<button class="raakvlak-plain-button" type="submit">${text('sign-out')}</button></form>
</div>`
}

function menuOf({ text, menu, address }: Frame): Piece {
  if (menu.length === 0) return undefined
  const here = (path: string): boolean =>
    address.pathname === path || (path !== '/console' && address.pathname.startsWith(`${path}/`))
  return html`<nav class="raakvlak-menu" aria-label="${text('menu')}"><ul>${menu.map(
    ({ path, text: key }) =>
      html`<li><a href="${path}"${here(path) && html` aria-current="page"`}>${text(key)}</a></li>`,
  )}</ul></nav>`
}

/** What every form of somebody who is signed in carries. */
export const csrfField = ({ csrf }: Pick<Session, 'csrf'>): Html =>
  html`<input type="hidden" name="csrf" value="${csrf}">`
