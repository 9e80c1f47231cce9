import { createHash } from 'node:crypto'
import { pageTexts } from './page-texts.ts'

const style = `
:root { color-scheme: light; --ink: #1b2733; --paper: #fff; --line: #c3ccd5; --right: #1a6b3c; --wrong: #a51d2d; --note: #5b4a00; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: clamp(1.35rem, 5vw, 1.7rem); overflow-wrap: anywhere; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2rem; } h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
fieldset { min-width: 0; border: 1px solid var(--line); border-radius: .4rem; padding: .6rem 1rem 1rem; margin: 1rem 0; } legend { font-weight: 600; padding: 0 .3rem; }
label { display: block; margin-top: .7rem; font-weight: 600; } input { font: inherit; max-width: 100%; } input[type=text] { width: 100%; padding: .4rem .5rem; border: 1px solid #66717c; border-radius: .25rem; }
:focus-visible { outline: 3px solid #0b5cad; outline-offset: 2px; }
.right { color: var(--right); } .wrong { color: var(--wrong); }
.verdict { padding: .8rem 1rem; border-left: .4rem solid; font-weight: 600; background: #f3f5f7; }
.verdict.verified { color: var(--right); } .verdict.wrong { color: var(--wrong); } .verdict.not-pinned { color: var(--note); }
.findings { margin: .2rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; } .findings:empty { display: none; }
table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; } caption { text-align: left; font-weight: 600; } th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
a { color: #0b5cad; } .small { font-size: .9rem; }
@media print { fieldset, #other { display: none; } body { max-width: none; } }
`

const sourceOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const text = (name: keyof typeof pageTexts.nl, tag: string, more = ''): string =>
  `<${tag}${more} data-text="${name}">${pageTexts.nl[name]}</${tag}>`

/** The page with its script inside: one file, which loads nothing and sends nothing. */
export function pageWith(script: string): string {
  const inline = script.replaceAll('</script', '<\\/script')
  const policy = `default-src 'none'; script-src ${sourceOf(inline)}; style-src ${sourceOf(style)}; form-action 'none'`
  return `<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${pageTexts.nl.title}</title>
<style>${style}</style>
</head>
<body>
<header class="small">${text('other', 'a', ' id="other" href="?lang=en"')}</header>
<main>
${text('title', 'h1')}
${text('intro', 'p')}
<noscript><p>${pageTexts.nl.scripts}</p></noscript>
<fieldset>
${text('choose', 'legend')}
${text('zip', 'label', ' for="zip"')}<input id="zip" type="file" accept=".zip,application/zip">
${text('folder', 'label', ' for="folder"')}<input id="folder" type="file" webkitdirectory>
</fieldset>
<fieldset>
${text('pins', 'legend')}
${text('pinsWhy', 'p', ' class="small"')}
${text('gateway', 'label', ' for="gateway"')}<input id="gateway" type="text" autocomplete="off" spellcheck="false">
${text('keyholder', 'label', ' for="keyholder"')}<input id="keyholder" type="text" autocomplete="off" spellcheck="false">
</fieldset>
<div id="result" tabindex="-1" aria-live="polite"></div>
${text('contents', 'h2')}
<ul>
<li><a href="report.html" data-text="report">${pageTexts.nl.report}</a></li>
<li><a href="acts.csv" data-text="acts">${pageTexts.nl.acts}</a></li>
${text('rest', 'li')}
</ul>
${text('limits', 'p', ' class="small"')}
</main>
<script>${inline}</script>
</body>
</html>
`
}
