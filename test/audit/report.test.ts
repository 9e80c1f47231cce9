import t from 'tap'
import { reportOf } from '../../src/audit/report.ts'
import { openFigures } from '../../src/evidence/figures.ts'
import type { Entry } from '../../src/proofs/entry.ts'

const at = (day: string) => `${day}T12:00:00.000Z`
const counting = openFigures()
const act = (entry: Entry) => counting.act({ agency: 'avim', client: 'connector', ...entry })
act({ kind: 'signal.submit', at: at('2026-01-10'), outcome: 'permit', purpose: 'a <b> purpose' })
act({
  kind: 'signal.read',
  at: '2026-01-31T23:30:00.000Z',
  outcome: 'permit',
  officer: 'officer-1',
})
act({ kind: 'signal.read', at: at('2026-02-10'), outcome: 'refuse', reasons: ['core/own-signal'] })
counting.event({ kind: 'alarm.raise', at: at('2026-03-01'), alarm: 'one', rule: 'night' })
counting.event({ kind: 'alarm.raise', at: at('2026-03-01'), alarm: 'two', rule: 'night' })
counting.event({ kind: 'alarm.raise', at: at('2026-03-01'), alarm: 'three', rule: 'volume' })
act({
  kind: 'alarm.close',
  at: at('2026-03-10'),
  outcome: 'permit',
  alarm: 'one',
  finding: 'misuse',
})
act({
  kind: 'alarm.close',
  at: at('2026-04-10'),
  outcome: 'permit',
  alarm: 'two',
  finding: 'explained',
})
act({
  kind: 'alarm.close',
  at: at('2026-03-02'),
  outcome: 'refuse',
  alarm: 'three',
  finding: 'misuse',
})
counting.event({ kind: 'sample.draw', at: at('2026-03-02'), looks: 40, drawn: [3, 9] })
const figures = counting.figures()

t.test(
  'a year is counted in Dutch time, refusals by reason, terms by what began and ended',
  async (t) => {
    t.strictSame(figures.acts, { permit: 4, refuse: 2 })
    t.strictSame(
      figures.byMonth['2026-02'],
      { permit: 1, refuse: 1 },
      'half an hour to midnight in UTC is February here',
    )
    t.strictSame(figures.refusals, { 'core/own-signal': 1 })
    t.strictSame(figures.terms.alarms, { begun: 3, ended: 2, inTime: 1 })
    t.equal(figures.words['alarm.close.finding misuse'], 1, 'what was refused does not count')
    t.strictSame(figures.drawn, { looks: 40, drawn: 2 })
    t.strictSame(figures.officers, { named: 1, actsWithout: 5 })
  },
)

t.test(
  'the report says it in Dutch, each chart beside a table, and holds no script and no foreign address',
  async (t) => {
    const reasons = new Map([['core/own-signal', 'Alleen de eigenaar mag dat.']])
    const text = reportOf({
      agency: 'avim',
      year: 2026,
      madeAt: at('2027-01-05'),
      figures,
      reasons,
    })
    for (const word of [
      'Jaarverslag 2026',
      'Alleen de eigenaar mag dat.',
      'Bekeken in de nacht',
      'Misbruik',
      'Termijnen',
    ])
      t.match(text, word)
    t.match(text, 'a &lt;b&gt; purpose', 'what entries say is escaped')
    t.notMatch(text, /<script|https?:\/\/|src=|undefined|NaN/)
    const charts = text.match(/role="img"/g)?.length ?? 0
    t.ok(charts >= 4)
    t.ok((text.match(/<table>/g)?.length ?? 0) >= charts)
    const empty = openFigures().figures()
    t.notMatch(
      reportOf({ agency: 'avim', year: 2026, madeAt: at('2027-01-05'), figures: empty, reasons }),
      /NaN|undefined/,
    )
  },
)
