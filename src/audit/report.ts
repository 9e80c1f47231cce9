import type { Counts, Figures, Term } from '../evidence/figures.ts'
import { termDays } from '../evidence/figures.ts'
import { monthsOf } from '../evidence/year.ts'
import { type Html, html } from '../kernel/html.ts'
import { barsChart, columnsChart, tableOf } from './charts.ts'
import { groupOf, groups, kindName, wordName } from './report-words.ts'

/** What a report is about. `reasons` says in Dutch what policies are about, by their names. */
export type ReportContext = {
  readonly agency: string
  readonly year: number
  readonly madeAt: string
  readonly figures: Figures
  readonly reasons: ReadonlyMap<string, string>
}

const monthNames = [
  'jan',
  'feb',
  'mrt',
  'apr',
  'mei',
  'jun',
  'jul',
  'aug',
  'sep',
  'okt',
  'nov',
  'dec',
]

const falling = (counts: Counts): [string, number][] =>
  Object.entries(counts).sort(([one, some], [other, more]) => more - some || (one < other ? -1 : 1))

const style = `
:root{--ink:#1b2733;--line:#c3ccd5}*{box-sizing:border-box}
body{margin:0 auto;max-width:50rem;padding:1.5rem 1rem 4rem;color:var(--ink);background:#fff;font:1rem/1.55 system-ui,sans-serif}
h1{font-size:clamp(1.35rem,5vw,1.8rem);line-height:1.2;hyphens:auto;overflow-wrap:anywhere}tbody th{min-width:7rem}h2{font-size:1.35rem;margin-top:2.4rem;border-top:2px solid var(--ink);padding-top:.6rem}
.lead{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem;padding:0;list-style:none}
.lead li{border:1px solid var(--line);border-radius:.4rem;padding:.6rem .8rem}.lead strong{display:block;font-size:1.5rem}
figure{margin:1rem 0}figcaption{font-weight:600;margin-bottom:.4rem}svg{max-width:100%;height:auto;font:12px system-ui,sans-serif;fill:var(--ink)}
.grid{stroke:var(--line)}.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;padding:0;list-style:none;font-size:.9rem}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.92rem}caption{text-align:left;font-weight:600;margin-bottom:.3rem}
th,td{text-align:left;font-weight:400;padding:.25rem .5rem;border-bottom:1px solid var(--line)}thead th{font-weight:600}.number{text-align:right;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}.scroll svg{min-width:34rem}.scroll:focus-visible{outline:3px solid #0b5cad}
@media print{body{max-width:none;padding:0;font-size:10pt}h2,figure,tr{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}@page{margin:18mm;size:A4}}
`

function byMonth({ byMonthAndKind }: Figures, year: number): Html {
  const counts = new Map<string, number>()
  for (const [name, count] of Object.entries(byMonthAndKind)) {
    const [month = '', kind = ''] = name.split(' ')
    const cell = `${month} ${groupOf(kind)}`
    counts.set(cell, (counts.get(cell) ?? 0) + count)
  }
  const countOf = (month: string, group: string) => counts.get(`${month} ${group}`) ?? 0
  const months = monthsOf(year)
  const names = groups
    .map(({ name }) => name)
    .filter((name) => months.some((month) => countOf(month, name) > 0))
  const columns = months.map((key, at) => ({ key, label: monthNames[at] ?? key }))
  const rows = columns.map(({ key, label }) => {
    const values = names.map((name) => countOf(key, name))
    return [label, ...values, values.reduce((sum, value) => sum + value, 0)]
  })
  return html`${columnsChart({ title: 'Handelingen per maand', columns, series: names, countOf })}
${tableOf({ caption: 'Handelingen per maand en soort', heads: ['Maand', ...names, 'Samen'], rows })}`
}

const byKind = ({ byKind: kinds }: Figures): Html =>
  tableOf({
    caption: 'Handelingen naar soort',
    heads: ['Handeling', 'Toegestaan', 'Geweigerd'],
    rows: Object.entries(kinds)
      .sort(([, one], [, other]) => other.permit + other.refuse - one.permit - one.refuse)
      .map(([kind, { permit, refuse }]) => [kindName(kind), permit, refuse]),
  })

function refusals({ refusals: counts }: Figures, reasons: ReportContext['reasons']): Html {
  const all = falling(counts).map(([reason, value]) => ({
    label: reasons.get(reason) ?? reason,
    value,
  }))
  if (all.length === 0) return html`<p>Er is dit jaar niets geweigerd.</p>`
  return html`${barsChart({ title: 'Waarom er is geweigerd', bars: all.slice(0, 10) })}
${tableOf({ caption: 'Redenen van weigering', heads: ['Reden', 'Aantal'], rows: all.map(({ label, value }) => [label, value]) })}`
}

/** Words of one field of one kind, the most frequent first. */
function wordsOf({ words }: Figures, field: string, caption: string, none: string): Html {
  const found = falling(words)
    .filter(([name]) => name.startsWith(`${field} `))
    .map(([name, value]) => ({ label: wordName(field, name.slice(field.length + 1)), value }))
  if (found.length === 0) return html`<p>${none}</p>`
  return html`${barsChart({ title: caption, bars: found })}
${tableOf({ caption, heads: ['Wat', 'Aantal'], rows: found.map(({ label, value }) => [label, value]) })}`
}

function terms({ terms: { alarms, subjectRequests } }: Figures): Html {
  const row = (name: string, days: number, { begun, ended, inTime }: Term) => [
    `${name} ${days} dagen`,
    begun,
    ended,
    inTime,
    begun - ended,
  ]
  return tableOf({
    caption: 'Termijnen',
    heads: ['Wat', 'Begonnen', 'Afgerond', 'Op tijd', 'Nog open aan het eind van het jaar'],
    rows: [
      row('Alarmen, 10 werkdagen, geteld als', termDays.alarms, alarms),
      row('Verzoeken van betrokkenen,', termDays.subjectRequests, subjectRequests),
    ],
  })
}

const events = (figures: Figures, kinds: readonly string[], caption: string): Html =>
  tableOf({
    caption,
    heads: ['Gebeurtenis', 'Aantal'],
    rows: kinds.map((kind) => [
      kindName(kind),
      (figures.events[kind] ?? 0) + (figures.byKind[kind]?.permit ?? 0),
    ]),
  })

const number = (value: number): string => value.toLocaleString('nl-NL')

/** The yearly report of a privacy officer, in plain Dutch: every number comes from entries of the ledger. */
export function reportOf({ agency, year, madeAt, figures, reasons }: ReportContext): string {
  const { acts, officers, drawn, events: happened } = figures
  const total = acts.permit + acts.refuse
  const alarms = happened['alarm.raise'] ?? 0
  const body = html`<h1>Jaarverslag ${year} van de privacyfunctionaris</h1>
<p>Organisatie: <strong>${agency}</strong>. Gemaakt op ${madeAt.slice(0, 10)}. Alle cijfers komen uit het logboek van de gateway. In dit verslag staat niets over personen.</p>
<ul class="lead">
<li><strong>${number(total)}</strong> handelingen</li>
<li><strong>${number(acts.refuse)}</strong> daarvan geweigerd</li>
<li><strong>${number(alarms)}</strong> alarmen</li>
<li><strong>${number(drawn.drawn)}</strong> steekproeven</li>
</ul>
<h2>Wat is er gedaan?</h2>
<p>Een handeling is iets wat een systeem van uw organisatie vroeg of deed. ${number(officers.named)} medewerkers werden daarbij genoemd, met een naam die alleen uw organisatie kent. Bij ${number(officers.actsWithout)} handelingen noemde het systeem geen medewerker.</p>
${byMonth(figures, year)}
${byKind(figures)}
${tableOf({ caption: 'Handelingen naar doel', heads: ['Doel', 'Aantal'], rows: falling(figures.byPurpose) })}
<h2>Wat is er geweigerd?</h2>
<p>Een weigering betekent dat een regel de handeling tegenhield. Eén handeling kan om meer redenen worden geweigerd.</p>
${refusals(figures, reasons)}
<h2>Steekproeven</h2>
<p>Elke week wijst het lot handelingen aan. Wie keek, zegt waarom. Een ander beoordeelt dat. Dit jaar keken uw medewerkers en systemen ${number(drawn.looks)} keer in weken waarin is geloot; ${number(drawn.drawn)} keer moest dat worden uitgelegd.</p>
${wordsOf(figures, 'sample.judge.finding', 'Oordeel over de steekproeven', 'Er is nog niets beoordeeld.')}
${wordsOf(figures, 'sample.justify.because', 'Redenen die werden gegeven', 'Er zijn geen redenen gegeven.')}
<h2>Alarmen</h2>
<p>Vaste regels letten op gebruik dat niet past bij het gewone werk. Een mens zoekt elk alarm uit.</p>
${wordsOf(figures, 'alarm.raise.rule', 'Alarmen naar regel', 'Er zijn geen alarmen afgegaan.')}
${wordsOf(figures, 'alarm.close.finding', 'Uitkomst van de alarmen', 'Er zijn geen alarmen afgesloten.')}
<h2>Noodroute</h2>
<p>Bij acuut levensgevaar kunnen twee medewerkers een verzegelde tekst laten openen zonder toestemming. De eigenaar beoordeelt dat daarna.</p>
${events(figures, ['disclosure.release-emergency', 'emergency.review'], 'De noodroute')}
${wordsOf(figures, 'emergency.review.finding', 'Oordeel over noodgevallen op onze signalen', 'Er is niets beoordeeld.')}
<h2>Termijnen</h2>
${terms(figures)}
<h2>Rechten van betrokkenen</h2>
${wordsOf(figures, 'subject-request.file.wish', 'Verzoeken die via ons binnenkwamen', 'Er zijn geen verzoeken ingediend.')}
<h2>Bewaren en vernietigen</h2>
<p>Signalen verlopen vanzelf. Wat is verlopen, wordt niet meer vergeleken.</p>
${events(figures, ['signal.expire', 'signal.withdraw', 'archive.end', 'recall.tell'], 'Wat is geëindigd')}
${wordsOf(figures, 'signal.expire.cause', 'Waarom signalen verliepen', 'Er zijn geen signalen verlopen.')}
<h2>Regels en sleutels</h2>
${events(figures, ['agreement.sign', 'agreement.suspend', 'policy.change', 'key.ceremony', 'epoch.open', 'epoch.close', 'share.refresh', 'share.destroy', 'operator.start'], 'Wat er met de regels en sleutels gebeurde')}
<h2>Hoe is dit te controleren?</h2>
<p>Dit verslag hoort bij een auditpakket. Open index.html in dat pakket: daarmee controleert u dat elke handeling in het logboek staat, en dat deze cijfers kloppen met de handelingen. Wat is gewist, telt niet mee. Termijnen van opvolging staan in het logboek niet per zaak; vraag ze op met <code>follow-up measure</code>.</p>`
  return `<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>Jaarverslag ${year} van de privacyfunctionaris</title><style>${style}</style></head><body><main>
${body.text}
</main></body></html>
`
}
