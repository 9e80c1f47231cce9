import t from 'tap'
import { talliesOf } from '../../src/alarms/counting.ts'
import { addDays, dutchTimeOf, nightOf } from '../../src/alarms/days.ts'
import { judge, judgeQuotas } from '../../src/alarms/judging.ts'
import { type AlarmRules, alarmRuleTable, longestWindowDays } from '../../src/alarms/rules.ts'
import type { ActEntry, Subject, Tally } from '../../src/alarms/types.ts'
import { medianOf } from '../../src/alarms/usual.ts'
import type { AgencyId } from '../../src/kernel/ids.ts'
import { alarmRules } from '../../src/wire/codes/alarms.ts'
import { codesOf } from '../../src/wire/codes.ts'

const agency = 'politie' as AgencyId
const today = '2027-03-31'
const officer = 'officer:analyst-01'

const tally = (change: Partial<Tally> & Pick<Tally, 'measure'>): Tally => ({
  agency,
  actor: officer,
  key: '',
  day: today,
  client: 'connector',
  amount: 1,
  ...change,
})
const many = (count: number, make: (at: number) => Tally): Tally[] =>
  Array.from({ length: count }, (_, at) => make(at))
/** So much on each of the ten days before. */
const usually = (measure: Tally['measure'], amount: number, change: Partial<Tally> = {}): Tally[] =>
  many(10, (at) => tally({ measure, amount, day: addDays(today, -8 - at), ...change }))
const findings = (
  tallies: readonly Tally[],
  rules: Partial<AlarmRules> = alarmRuleTable,
  reviewed = '',
) => [
  ...judge(
    { agency, day: today, actors: new Set([officer]), tallies, reviewedUntil: () => reviewed },
    rules,
  ),
]
const rulesOf = (tallies: readonly Tally[]) => findings(tallies).map(({ rule }) => rule)

/** For each rule what just reaches its threshold, and what just does not. */
const cases: Partial<Record<keyof AlarmRules, readonly (readonly [string, Tally[], Tally[]])[]>> = {
  volume: [
    [
      'looks against what is usual',
      [...usually('look', 10), tally({ measure: 'look', amount: 40 })],
      [...usually('look', 10), tally({ measure: 'look', amount: 39 })],
    ],
    [
      'a floor where little is usual',
      [...usually('submit', 1), tally({ measure: 'submit', amount: 60 })],
      [...usually('submit', 1), tally({ measure: 'submit', amount: 59 })],
    ],
    [
      'while nothing is usual yet',
      [tally({ measure: 'look', amount: 150 })],
      [tally({ measure: 'look', amount: 149 })],
    ],
    [
      'a newcomer is compared with colleagues',
      [
        ...usually('look', 20, { actor: 'officer:other-01' }),
        tally({ measure: 'look', amount: 80 }),
      ],
      [
        ...usually('look', 20, { actor: 'officer:other-01' }),
        tally({ measure: 'look', amount: 79 }),
      ],
    ],
  ],
  'repeated-looks': [
    [
      'on one day',
      [tally({ measure: 'subject', key: 'a', amount: 10 })],
      [tally({ measure: 'subject', key: 'a', amount: 9 }), tally({ measure: 'subject', key: 'b' })],
    ],
    [
      'over a week',
      many(7, (at) => tally({ measure: 'subject', key: 'a', amount: 3, day: addDays(today, -at) })),
      many(9, (at) =>
        tally({ measure: 'subject', key: 'a', amount: at < 7 ? 2 : 9, day: addDays(today, -at) }),
      ),
    ],
  ],
  'few-hits': [
    [
      'far more than usual, and none touches',
      [...usually('miss', 1), ...usually('hit', 1), tally({ measure: 'miss', amount: 30 })],
      [
        ...usually('miss', 1),
        ...usually('hit', 1),
        tally({ measure: 'miss', amount: 28 }),
        tally({ measure: 'hit', amount: 2 }),
      ],
    ],
    [
      'three times what is usual',
      [...usually('miss', 9), ...usually('hit', 1), tally({ measure: 'miss', amount: 49 })],
      [...usually('miss', 9), ...usually('hit', 1), tally({ measure: 'miss', amount: 48 })],
    ],
    [
      'where two in a hundred touch usually',
      [
        ...usually('miss', 10),
        tally({ measure: 'hit', amount: 3, day: addDays(today, -9) }),
        tally({ measure: 'miss', amount: 75 }),
      ],
      [
        ...usually('miss', 10),
        tally({ measure: 'hit', amount: 2, day: addDays(today, -9) }),
        tally({ measure: 'miss', amount: 75 }),
      ],
    ],
    [
      'where too little was sent to tell what is usual',
      [
        tally({ measure: 'miss', amount: 29, day: addDays(today, -40) }),
        tally({ measure: 'miss', amount: 30 }),
      ],
      [
        tally({ measure: 'miss', amount: 30, day: addDays(today, -40) }),
        tally({ measure: 'miss', amount: 30 }),
      ],
    ],
    [
      'not of whom may not know',
      [tally({ measure: 'miss', amount: 30 })],
      [tally({ measure: 'submit', amount: 30 })],
    ],
  ],
  enumeration: [
    [
      'elements that no submission explains',
      [tally({ measure: 'elements', amount: 1_088 }), tally({ measure: 'submit' })],
      [tally({ measure: 'elements', amount: 1_087 }), tally({ measure: 'corrected', key: 'a' })],
    ],
    [
      'many small batches',
      [...usually('batch', 2), tally({ measure: 'batch', amount: 40 })],
      [...usually('batch', 2), tally({ measure: 'batch', amount: 39 })],
    ],
  ],
  'no-open-case': [
    [
      'what is over',
      many(4, (at) => tally({ measure: 'over', key: `case-${at}` })),
      many(4, (at) => tally({ measure: 'over', key: `case-${at % 3}`, amount: 4 })),
    ],
    [
      'what is not there',
      many(8, (at) => tally({ measure: 'missing', key: `id-${at}` })),
      many(7, (at) => tally({ measure: 'missing', key: `id-${at}` })),
    ],
  ],
  'out-of-region': [
    [
      'another police unit',
      [
        ...usually('home-region', 2, { key: 'Utrecht' }),
        ...many(5, (at) => tally({ measure: 'region', key: `Limburg|${at}` })),
      ],
      [
        ...usually('home-region', 2, { key: 'Utrecht' }),
        tally({ measure: 'home-region', key: 'Limburg', amount: 2, day: addDays(today, -9) }),
        ...many(5, (at) => tally({ measure: 'region', key: `Limburg|${at}` })),
      ],
    ],
  ],
  night: [
    [
      'against what is usual',
      [...usually('night', 4), tally({ measure: 'night', amount: 12 })],
      [...usually('night', 4), tally({ measure: 'night', amount: 11 })],
    ],
    [
      'where nobody works at night',
      [tally({ measure: 'night', amount: 8 })],
      [tally({ measure: 'night', amount: 7 })],
    ],
  ],
  'submit-look-withdraw': [
    [
      'soon withdrawn',
      many(4, (at) => tally({ measure: 'soon-withdrawn', key: `s-${at}` })),
      many(3, (at) => tally({ measure: 'soon-withdrawn', key: `s-${at}` })),
    ],
    [
      'one signal corrected again and again',
      [tally({ measure: 'corrected', key: 's', amount: 6 })],
      many(6, (at) => tally({ measure: 'corrected', key: `s-${at % 2}`, amount: 1 })),
    ],
  ],
  'large-export': [
    [
      'rows taken out',
      [...usually('export', 20), tally({ measure: 'export', amount: 250 })],
      [...usually('export', 20), tally({ measure: 'export', amount: 249 })],
    ],
  ],
  'own-or-colleague': [
    ['one look is enough', [tally({ measure: 'staff', key: 'a' })], [tally({ measure: 'look' })]],
  ],
}

t.test('each rule finds what reaches its threshold, and nothing that does not', async (t) => {
  for (const [rule, examples] of Object.entries(cases)) {
    for (const [what, reached, missed] of examples) {
      t.ok(
        findings(reached).some((one) => one.rule === rule),
        `${rule}: ${what}`,
      )
      t.notOk(rulesOf(missed).includes(rule as never), `${rule}: not ${what}`)
      const { [rule as keyof AlarmRules]: _, ...others } = alarmRuleTable
      t.notOk(
        findings(reached, others).some((one) => one.rule === rule),
        `${rule} can be switched off`,
      )
      t.strictSame(
        findings(reached, alarmRuleTable, today).filter((one) => one.rule === rule),
        [],
        `${rule}: what was reviewed counts no more`,
      )
    }
  }
  const known = [...Object.keys(cases), 'quota'].sort()
  t.strictSame(known, [...codesOf(alarmRules)].sort(), 'every rule has its example here')
  t.strictSame(Object.keys(alarmRuleTable).sort(), known)
})

t.test('no rule looks back longer than is remembered per subject', async (t) => {
  for (const { windowDays } of Object.values(alarmRuleTable)) t.ok(windowDays <= longestWindowDays)
})

t.test('a quota is nearly used from 80 percent on', async (t) => {
  const stand = { agency, domain: 'd', kind: 'evaluation', limit: 1_000 }
  const found = (used: number) => [
    ...judgeQuotas([{ ...stand, used }], today, alarmRuleTable.quota),
  ]
  t.match(found(800), [{ rule: 'quota', actor: '', measured: 80, threshold: 80 }])
  t.strictSame(found(790), [])
})

t.test('days and nights are those of the Netherlands', async (t) => {
  const night = (text: string) => nightOf(new Date(text), { from: 23, until: 6 })
  t.equal(night('2027-01-10T22:00:00Z'), '2027-01-10', 'winter: 23:00')
  t.equal(night('2027-01-10T21:59:59Z'), undefined)
  t.equal(night('2027-01-11T04:59:59Z'), '2027-01-10', 'the night of the day before')
  t.equal(night('2027-01-11T05:00:00Z'), undefined)
  t.equal(night('2027-07-10T21:00:00Z'), '2027-07-10', 'summer: 23:00')
  t.equal(night('2027-07-11T04:00:00Z'), undefined)
  t.strictSame(dutchTimeOf(new Date('2026-12-31T23:00:00Z')), { day: '2027-01-01', hour: 0 })
  t.equal(addDays('2028-02-28', 2), '2028-03-01')
  t.equal(medianOf([3, 1, 2]), 2)
  t.equal(medianOf([4, 1, 2, 3]), 2.5)
  t.equal(medianOf([]), 0)
})

t.test('what is counted of an act', async (t) => {
  const at = new Date('2027-03-31T12:00:00Z')
  const act = (change: Partial<ActEntry>): ActEntry => ({
    index: 0,
    at,
    kind: 'signal.read',
    agency,
    client: 'connector',
    outcome: 'permit',
    signalId: 's',
    ...change,
  })
  const subject: Subject = {
    name: 'follow-up',
    region: 'utrecht',
    overSince: undefined,
    submittedAt: new Date('2027-03-30T12:00:00Z'),
    touches: undefined,
    staff: false,
  }
  const counted = (entry: ActEntry, known: Subject | null = subject) =>
    talliesOf([entry], new Map(known === null ? [] : [[`${agency} s`, known]]), alarmRuleTable).map(
      ({ measure, key }) => (key === '' ? measure : `${measure} ${key}`),
    )

  t.strictSame(counted(act({})), ['look', 'region Midden-Nederland|follow-up', 'subject follow-up'])
  t.strictSame(
    counted(act({ outcome: 'refuse' }), null),
    ['look', 'missing s', 'subject s'],
    'a refused look at nothing of one’s own',
  )
  t.ok(
    counted(act({}), { ...subject, overSince: new Date('2027-03-29T12:00:00Z') }).includes(
      'over follow-up',
    ),
  )
  t.notOk(
    counted(act({}), { ...subject, overSince: new Date('2027-03-29T12:00:01Z') }).includes(
      'over follow-up',
    ),
  )
  t.strictSame(counted(act({ kind: 'signal.submit' }), { ...subject, touches: true }), [
    'hit',
    'home-region Midden-Nederland',
    'region Midden-Nederland|follow-up',
    'submit',
  ])
  t.strictSame(counted(act({ kind: 'signal.submit', outcome: 'refuse' })), [])
  t.strictSame(counted(act({ kind: 'signal.withdraw' })), ['soon-withdrawn s'])
  t.strictSame(
    counted(act({ kind: 'signal.withdraw', at: new Date('2027-04-01T12:00:01Z') })),
    [],
    'after two days it is an ordinary withdrawal',
  )
  t.strictSame(counted(act({ kind: 'evaluation.evaluate', elements: 32 })), ['batch', 'elements'])
  t.strictSame(counted(act({ kind: 'evaluation.evaluate', elements: 32, retry: true })), [])
  t.strictSame(counted(act({ kind: 'access.export', answerSize: 7 })), ['export'])
  t.ok(counted(act({}), { ...subject, staff: true }).includes('staff follow-up'))
  t.strictSame(
    talliesOf([act({ officer: 'analyst-01' }), act({ client: 'other' })], new Map(), alarmRuleTable)
      .filter(({ measure }) => measure === 'look')
      .map(({ actor }) => actor),
    ['client:other', 'officer:analyst-01'],
  )
})
