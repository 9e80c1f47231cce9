import { scaleBand, scaleLinear } from 'd3-scale'
import { stack } from 'd3-shape'
import { Html, html } from '../kernel/html.ts'

/** Charts as SVG, drawn here. Each stands beside a table with the same numbers. */

/** Distinct for the colour-blind, and dark enough on white; patterns are told by the legend’s order, too. */
const colours = ['#1f4e79', '#c55a11', '#3d7a3d', '#7b4a9e', '#8a6d00', '#6b7680'] as const

const width = 720
const barHeight = 26

/** Stacked columns: one for each of `columns`, with a part for each of `series`. */
export function columnsChart({
  title,
  columns,
  series,
  countOf,
}: {
  readonly title: string
  readonly columns: readonly { readonly key: string; readonly label: string }[]
  readonly series: readonly string[]
  readonly countOf: (column: string, series: string) => number
}): Html {
  const height = 260
  const inset = { left: 48, right: 8, top: 10, bottom: 28 }
  const rows = columns.map(({ key }) =>
    Object.fromEntries(series.map((name) => [name, countOf(key, name)])),
  )
  const totals = rows.map((row) => Object.values(row).reduce((sum, value) => sum + value, 0))
  const x = scaleBand<number>()
    .domain(columns.map((_, at) => at))
    .range([inset.left, width - inset.right])
    .padding(0.25)
  const y = scaleLinear()
    .domain([0, Math.max(1, ...totals)])
    .nice(4)
    .range([height - inset.bottom, inset.top])
  const ticks = y.ticks(4).filter(Number.isInteger)
  const layers = stack<Record<string, number>>().keys([...series])(rows)
  const grid = ticks.map(
    (tick) =>
      html`<line x1="${inset.left}" x2="${width - inset.right}" y1="${y(tick)}" y2="${y(tick)}" class="grid"/><text x="${inset.left - 6}" y="${y(tick) + 4}" text-anchor="end">${tick.toLocaleString('nl-NL')}</text>`,
  )
  const bars = layers.map((layer, place) =>
    layer.map(([low, high], at) =>
      high > low
        ? html`<rect x="${x(at) ?? 0}" y="${y(high)}" width="${x.bandwidth()}" height="${y(low) - y(high)}" fill="${colours[place % colours.length] ?? ''}"/>`
        : '',
    ),
  )
  const labels = columns.map(
    ({ label }, at) =>
      html`<text x="${(x(at) ?? 0) + x.bandwidth() / 2}" y="${height - 8}" text-anchor="middle">${label}</text>`,
  )
  const legend = series.map(
    (name, place) =>
      html`<li><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="${colours[place % colours.length] ?? ''}"/></svg> ${name}</li>`,
  )
  return html`<figure><figcaption>${title}</figcaption><div class="scroll" role="region" aria-label="${title}" tabindex="0"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. De cijfers staan in de tabel hieronder.">${grid}${bars}${labels}</svg></div><ul class="legend">${legend}</ul></figure>`
}

/** Bars lying down, the largest first: for words that are long. */
export function barsChart({
  title,
  bars,
}: {
  readonly title: string
  readonly bars: readonly { readonly label: string; readonly value: number }[]
}): Html {
  if (bars.length === 0) return new Html('')
  const left = 300
  const height = bars.length * barHeight + 6
  const x = scaleLinear()
    .domain([0, Math.max(1, ...bars.map(({ value }) => value))])
    .range([left, width - 60])
  const rows = bars.map(({ label, value }, at) => {
    const top = at * barHeight + 4
    const short = label.length > 46 ? `${label.slice(0, 45)}…` : label
    return html`<text x="${left - 8}" y="${top + 14}" text-anchor="end">${short}</text><rect x="${left}" y="${top}" width="${x(value) - left}" height="${barHeight - 8}" fill="${colours[0]}"/><text x="${x(value) + 6}" y="${top + 14}">${value.toLocaleString('nl-NL')}</text>`
  })
  return html`<figure><figcaption>${title}</figcaption><div class="scroll" role="region" aria-label="${title}" tabindex="0"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}. De cijfers staan in de tabel hieronder.">${rows}</svg></div></figure>`
}

/** The table beside a chart. The first column is a heading of its row. */
export function tableOf({
  caption,
  heads,
  rows,
}: {
  readonly caption: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}): Html {
  const [first, ...others] = heads
  const numbers = others.map((head) => html`<th scope="col" class="number">${head}</th>`)
  const body = rows.map(([name, ...values]) => {
    const cells = values.map(
      (value) =>
        html`<td class="number">${typeof value === 'number' ? value.toLocaleString('nl-NL') : value}</td>`,
    )
    return html`<tr><th scope="row">${name ?? ''}</th>${cells}</tr>`
  })
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr><th scope="col">${first ?? ''}</th>${numbers}</tr></thead><tbody>${body}</tbody></table></div>`
}
