const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is HTML already. Only `html` makes it, so that whatever else stands in a page was escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template. `undefined`, `null` and `false` write nothing. */
export type Piece = Html | string | number | undefined | null | false | readonly Piece[]

function textOf(piece: Piece): string {
  if (piece === undefined || piece === null || piece === false) return ''
  if (piece instanceof Html) return piece.text
  if (typeof piece === 'object') return piece.map(textOf).join('')
  return String(piece).replace(/[&<>"']/g, (mark) => marks[mark] ?? '')
}

/**
 * A template that escapes: `html\`<p>${text}</p>\``. Pieces are safe between tags and inside attributes
 * that stand in double quotes. It does NOT make a script, a style or an address harmless: pages have
 * none of the first two, and addresses begin with a text of ours.
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(
    strings.map((own, at) => (at === 0 ? own : `${textOf(pieces[at - 1])}${own}`)).join(''),
  )
}
