import { type Html, html } from '../../kernel/html.ts'
import { type Letter, type LetterPart, labels } from './types.ts'

const style = `
body{margin:0 auto;max-width:42rem;padding:2rem 1rem 4rem;color:#111;background:#fff;font:1rem/1.55 system-ui,sans-serif}
address{font-style:normal;margin-bottom:2rem;overflow-wrap:anywhere}.about{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0 0 2rem}.about dd{margin:0}
h1{font-size:1rem;margin:0;display:inline}h2{font-size:1rem;margin:1.6rem 0 .4rem;overflow-wrap:anywhere}p{margin:.6rem 0}ul{margin:.4rem 0;padding-left:1.2rem}.sign{margin-top:2rem}
@media print{body{max-width:none;padding:0;font-size:11pt}h2{break-after:avoid}li,p{break-inside:avoid}@page{size:A4;margin:25mm 20mm}}
`

const linesOf = (lines: readonly string[]): Html =>
  html`${lines.map((line, at) => (at === 0 ? line : html`<br>${line}`))}`

function partOf(part: LetterPart): Html {
  switch (part.kind) {
    case 'heading':
      return html`<h2>${part.text}</h2>`
    case 'text':
      return html`<p>${part.text}</p>`
    case 'list':
      return html`<ul>${part.items.map((item) => html`<li>${item}</li>`)}</ul>`
    case 'sign':
      return html`<p class="sign">${linesOf(part.lines)}</p>`
  }
}

/** The letter as one page that needs nothing else: to be read, changed by hand, or printed. */
export function letterHtml({ language, sender, addressee, parts, ...about }: Letter): string {
  const words = labels[language]
  const body = html`<address>${linesOf(sender)}</address>
${addressee.length === 0 ? '' : html`<address>${linesOf(addressee)}</address>`}
<dl class="about"><dt>${words.date}</dt><dd>${about.date}</dd>${about.reference === undefined ? '' : html`<dt>${words.reference}</dt><dd>${about.reference}</dd>`}<dt>${words.subject}</dt><dd><h1>${about.subject}</h1></dd></dl>
${parts.map(partOf)}`
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">${html`<title>${about.subject}</title>`.text}<style>${style}</style></head><body><main>
${body.text}
</main></body></html>
`
}
