import fc from 'fast-check'
import t from 'tap'
import { UnreadableFile } from '../../src/client/csv.ts'
import { readRows } from '../../src/client/rows.ts'

const today = '2026-11-23'
const head = 'caseReference,bsn,familyName,category,indicators,observedOn,region,role,narrative'
const read = (...lines: string[]) => readRows(lines.join('\n'), { today })
const good =
  'Z-1,999990007,Jansen,criminal-exploitation,injuries;exhausted,2026-11-03,twente,both,Gezien'

const problemsOf = (...lines: string[]): readonly string[] => {
  const { rows, rejected } = read(head, ...lines)
  t.equal(rows.length, 0)
  return rejected.flatMap(({ problems }) => problems)
}

const faultOf = (csv: string): readonly string[] => {
  try {
    readRows(csv, { today })
  } catch (error) {
    if (error instanceof UnreadableFile) return error.problems
    throw error
  }
  return []
}

t.test('a good row is read whole', async (t) => {
  t.strictSame(read(head, good), {
    rows: [
      {
        line: 2,
        caseReference: 'Z-1',
        identity: { bsn: '999990007', familyName: 'Jansen' },
        category: 'criminal-exploitation',
        indicators: ['injuries', 'exhausted'],
        observedOn: '2026-11-03',
        region: 'twente',
        role: 'both',
        narrative: 'Gezien',
      },
    ],
    rejected: [],
  })
})

t.test('what may be left out is left out', async (t) => {
  const { rows } = read(
    'category,phone,observedOn,caseReference',
    'forced-begging,0610001234,3-1-2026,Z',
  )
  t.strictSame(rows, [
    {
      line: 2,
      caseReference: 'Z',
      identity: { phone: '+31610001234' },
      category: 'forced-begging',
      indicators: [],
      observedOn: '2026-01-03',
      role: 'unknown',
    },
  ])
})

t.test('the same case reference again is another subject of the same case', async (t) => {
  const { rows } = read(head, good, good.replace('999990007', '999990019'))
  t.strictSame(
    rows.map(({ caseReference, identity }) => [caseReference, identity.bsn]),
    [
      ['Z-1', '999990007'],
      ['Z-1', '999990019'],
    ],
  )
})

t.test('the ways of Dutch spreadsheets are read', async (t) => {
  const dutch = [
    'Case reference;familyName;Category;indicators;observed_on;region;role;;',
    'Z-1;Müller;Criminele uitbuiting;"injuries; exhausted";03-11-2026;Veiligheidsregio Twente;Verdachte;;',
    ';;;;;;;;',
    '',
    'Z-2;"Jan\r\nsen";labour-exploitation;;2026-11-03;VR02;;;',
    'Z-3;Boer;labour-exploitation;;2026-11-03;FRIESLAND;;;',
    '',
  ].join('\r\n')
  const latin1 = Uint8Array.from(dutch, (character) => character.charCodeAt(0))
  const utf16 = new Uint8Array(
    new Uint16Array([0xfeff, ...dutch.split('').map((c) => c.charCodeAt(0))]).buffer,
  )
  const forms = {
    text: dutch,
    bom: `\uFEFF${dutch}`,
    utf8: new TextEncoder().encode(`\uFEFF${dutch}`),
    latin1,
    utf16,
  }
  for (const [name, form] of Object.entries(forms)) {
    const { rows, rejected } = readRows(form, { today })
    t.strictSame(rejected, [], name)
    t.strictSame(
      rows.map((row) => [row.line, row.identity.familyName, row.region, row.role]),
      [
        [2, 'Müller', 'twente', 'suspect'],
        [5, 'Jan sen', 'fryslan', 'unknown'],
        [7, 'Boer', 'fryslan', 'unknown'],
      ],
      name,
    )
  }
  t.equal(readRows(dutch.replaceAll(';', '\t'), { today }).rows.length, 2, 'tabs')
  const quotedLast = `${head}\n${good.replace('Gezien', '"Gezien,\ntoen"')}\n${good}\n`
  for (const lineEnd of ['\n', '\r\n', '\r']) {
    t.strictSame(
      readRows(quotedLast.replaceAll('\n', lineEnd), { today }).rows.map((row) => [
        row.line,
        row.narrative,
      ]),
      [
        [2, 'Gezien,\ntoen'],
        [4, 'Gezien'],
      ],
      JSON.stringify(lineEnd),
    )
  }
})

t.test('a faulty row is reported with all its faults and the rest goes on', async (t) => {
  const { rows, rejected } = read(
    'caseReference,bsn,vNumber,documentCountry,documentNumber,phone,birthDate,category,indicators,observedOn,region,role',
    ',999990008,12345,Atlantis,A1234567,0612,31-02-1999,stolen,"injuries;x;y",2026-02-30,Mordor,king',
    'Z-2,999990007,,,,,,criminal-exploitation,,2026-11-03,,',
  )
  t.equal(rows.length, 1)
  t.strictSame(
    rejected.map(({ line, problems }) => [line, problems.map((text) => text.split(':')[0])]),
    [
      [
        2,
        [
          'caseReference',
          'bsn',
          'vNumber',
          'documentCountry',
          'phone',
          'birthDate',
          'category',
          'indicators',
          'observedOn',
          'region',
          'role',
        ],
      ],
    ],
  )
  t.match(rejected[0]?.problems.join(), /of 3 given, not known: number 2, 3/)
})

t.test('a document whose country is not known has that one fault', async (t) => {
  const { rejected } = read(
    'caseReference,documentCountry,documentNumber,category,observedOn',
    'Z-1,Atlantis,A1234567,criminal-exploitation,2026-11-03',
  )
  t.match(rejected[0]?.problems, [/^documentCountry: /])
  t.equal(rejected[0]?.problems.length, 1)
})

t.test('a row that says of nobody is refused', async (t) => {
  const nobody = [
    ',,,', // nothing
    ',,-,', // a dash is no name
    ',,onbekend,',
  ]
  for (const cells of nobody) {
    const problems = problemsOf(`Z-1${cells}criminal-exploitation,,2026-11-03,,,`)
    t.match(problems, [/^identity: takes at least one of bsn/])
  }
})

t.test('nothing was observed after today, nor on a day that does not exist', async (t) => {
  const on = (day: string) => read(head, good.replace('2026-11-03', day)).rows[0]?.observedOn
  t.equal(on('2026-11-23'), '2026-11-23')
  t.equal(on('29/2/2024'), '2024-02-29')
  for (const day of [
    '2026-11-24',
    '2025-02-29',
    '31-4-2026',
    '',
    '1999-12-31',
    '3 nov 2026',
    '11-2026',
  ]) {
    t.equal(on(day), undefined, day)
  }
})

t.test('nobody is observed before being born', async (t) => {
  const { rejected } = read(
    'caseReference,familyName,birthDate,category,observedOn',
    'Z-1,Jansen,2027-01-01,criminal-exploitation,2026-11-03',
  )
  t.match(rejected[0]?.problems, [/^birthDate: /])
})

t.test(
  'too many or too few fields are reported, because the columns may have shifted',
  async (t) => {
    t.match(problemsOf('Z-1,999990007'), [/^row: takes 9 fields, has 2/])
    t.match(problemsOf(`${good},Pieters`), [/^row: takes 9 fields, has 10/])
    t.equal(read(head, `${good},,,`).rows.length, 1, 'empty fields at the end say nothing')
  },
)

t.test('a stray quote costs its own line and never draws the next row in', async (t) => {
  const { rows, rejected } = read(
    head,
    good,
    good.replace('Gezien', '"zei: kom'),
    good.replace('Gezien', '"zei: ga"'),
    good.replace('Gezien', 'hij zei "nee" tegen mij'),
    good.replace('Gezien', '"hij zei "nee" tegen mij"'),
    good.replace('Gezien', '"een regel\nen ""nog"" een"'),
    good.replace('Gezien', '"open'),
    good,
  )
  t.strictSame(
    rows.map(({ line, narrative }) => [line, narrative]),
    [
      [2, 'Gezien'],
      [4, 'zei: ga'],
      [7, 'een regel\nen "nog" een'],
      [10, 'Gezien'],
    ],
  )
  t.strictSame(
    rejected.map(({ line }) => line),
    [3, 5, 6, 9],
  )
})

t.test(
  'a file with a header that cannot be used says everything that is wrong with it',
  async (t) => {
    t.match(faultOf(''), ['the file is empty'])
    t.match(faultOf(' \n\n,,\n'), ['the file is empty'])
    t.match(faultOf('bsn,BSN,shoe size,place,hair_colour2\n'), [
      /unknown columns: "shoe size", "hair_colour2"; known are caseReference/,
      /given twice: bsn/,
      /missing columns: caseReference, observedOn, category/,
    ])
    t.match(faultOf('caseReference,observedOn,category,place,birthDate,prefix'), [
      /at least one of bsn/,
    ])
  },
)

t.test('a file without a header has none of its people told', async (t) => {
  const problems = faultOf('Z-1,999990007,Jansen,criminal-exploitation,2026-11-03').join()
  t.match(problems, /the first row must name the columns/)
  t.notMatch(problems, /Jansen|999990007/)
  t.notMatch(
    faultOf('caseReference,observedOn,category,bsn,999990007,V2812345678,Jansen!').join(),
    /99999|28123|Jansen/,
  )
})

const sceneHead =
  'caseReference,subject,phone,givenNames,birthDate,place,country,postcode,street,houseNumber,placeName,licencePlate,category,observedOn,role'
const sceneRow = (cells: string, role = '') =>
  readRows(`${sceneHead}\nZ-1,${cells},labour-exploitation,2026-11-03,${role}`, { today })
const sceneProblems = (cells: string, role = '') =>
  sceneRow(cells, role).rejected.flatMap(({ problems }) => problems)

t.test('a row can be about a household, a location or a vehicle, in two languages', async (t) => {
  t.strictSame(sceneRow('Locatie,,,,Breda,,4899 zx,,7 a,Hotel De Zwaan,').rows, [
    {
      line: 2,
      caseReference: 'Z-1',
      identity: {},
      scene: {
        kind: 'location',
        country: 'NLD',
        postcode: '4899ZX',
        houseNumber: '7-A',
        placeName: 'Hotel De Zwaan',
        place: 'Breda',
      },
      category: 'labour-exploitation',
      indicators: [],
      observedOn: '2026-11-03',
      role: 'unknown',
    },
  ])
  for (const [word, kind] of [
    ['household', 'household'],
    ['HUISHOUDEN', 'household'],
    ['location', 'location'],
  ] as const) {
    t.equal(sceneRow(`${word},,,,,,4899ZX,,7,,`).rows[0]?.scene?.kind, kind, word)
  }
  for (const word of ['vehicle', 'voertuig']) {
    t.equal(sceneRow(`${word},,,,,NL,,,,,XX-99-99`).rows[0]?.scene?.kind, 'vehicle', word)
  }
  for (const word of ['', 'person', 'Persoon']) {
    const [row] = sceneRow(`${word},0610001234,,,Breda,,,,,,`).rows
    t.strictSame([row?.identity.phone, row?.scene], ['+31610001234', undefined], word)
  }
  t.match(sceneProblems('hotel,,,,,,4899ZX,,7,,'), [/^subject: takes nothing or one of person/])
})

t.test('persons and scenes never share a row', async (t) => {
  t.match(sceneProblems('location,0610001234,Ewa,1990-02-05,,,4899ZX,,7,,', 'suspect'), [
    /^phone: belongs to a person/,
    /^givenNames: belongs to a person/,
    /^birthDate: belongs to a person/,
    /^role: belongs to a person/,
  ])
  t.match(sceneProblems(',0610001234,,,Breda,NL,4899ZX,Weg,7,Zwaan,XX-99-99'), [
    /^country: belongs to/,
    /^postcode: belongs to/,
    /^street: belongs to/,
    /^houseNumber: belongs to/,
    /^placeName: belongs to/,
    /^licencePlate: belongs to/,
  ])
  t.equal(sceneRow('location,-,onbekend,,,,4899ZX,,7,,', 'onbekend').rows.length, 1)
})

t.test('a scene that nobody could recognise is refused with the reason', async (t) => {
  t.match(sceneProblems('location,,,,,,,,,Slaapgoed,'), [/^subject: .*no town/])
  t.match(sceneProblems('household,,,,,,4899ZX,,,,'), [/^subject: .*no house number/])
  t.match(sceneProblems('vehicle,,,,,NL,,,,,'), [/^subject: .*no licence plate/])
})

t.test('a file may be about scenes only, if it says so', async (t) => {
  const columns = 'caseReference,observedOn,category,place,placeName'
  t.match(faultOf(columns), [/or subject and one of postcode/])
  t.match(faultOf('caseReference,observedOn,category,subject,place,country'), [
    /at least one of bsn/,
  ])
  t.strictSame(faultOf(`${columns},subject`), [])
})

const cellsOf = (secret: string) =>
  fc.constantFrom(
    secret,
    `${secret} `,
    `"${secret}`,
    `"${secret}"`,
    `${secret},${secret}`,
    '',
    'twente',
  )

t.test('no problem ever repeats what stands in a row, wherever it stands', async () => {
  const secret = 'Qx7vertrouwelijk'
  const columns = head.split(',').length
  const anyRow = fc.array(cellsOf(secret), { minLength: columns - 1, maxLength: columns + 1 })
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 1, maxLength: 6 }), (cells) => {
      const { rejected } = read(head, ...cells.map((row) => row.join(',')))
      return !JSON.stringify(rejected).includes('Qx7')
    }),
  )
  fc.assert(
    fc.property(fc.string({ minLength: 6, unit: 'binary' }), (value) => {
      const line = [value, value, value, value, value, value, value, value]
        .map((text) => `"${text.replaceAll('"', '""')}"`)
        .join(',')
      const { rejected } = read(
        'caseReference,bsn,vNumber,documentNumber,phone,birthDate,category,observedOn',
        line,
      )
      return !rejected.some(({ problems }) => problems.join().includes(value))
    }),
  )
})

t.test('no text makes reading throw anything but its own fault', async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ',',
      ';',
      '"',
      '\n',
      '\r\n',
      '\t',
      '\uFEFF',
      head,
      good,
      'bsn',
      'caseReference',
      '\0',
      '\uD800',
    ),
    fc.string({ unit: 'binary' }),
  )
  const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))
  const isRead = (csv: string | Uint8Array): boolean => {
    try {
      readRows(csv, { today })
    } catch (error) {
      return error instanceof UnreadableFile
    }
    return true
  }
  fc.assert(fc.property(text, isRead))
  fc.assert(fc.property(text, (tail) => isRead(`${head}\n${tail}`)))
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), isRead))
})

t.test('rows and faulty rows alike are read in linear time', async (t) => {
  const seconds = (line: string, count: number): number => {
    const csv = `${head}\n${`${line}\n`.repeat(count)}`
    const start = performance.now()
    readRows(csv, { today })
    return (performance.now() - start) / 1000
  }
  for (const line of [
    good,
    good.replace('Gezien', 'een "stray" quote'),
    good.replace('Gezien', '"x'),
  ]) {
    seconds(line, 2_000)
    const small = seconds(line, 2_000)
    const large = seconds(line, 16_000)
    t.ok(large < 8 * small * 4 + 0.5, `8 times the rows took ${large / small} times as long`)
  }
})
