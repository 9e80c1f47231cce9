import { allColumns, type Column } from '../../src/client/header.ts'
import type { Chance } from './chance.ts'
import type { Agency, Person } from './people.ts'
import type { Population } from './population.ts'
import { type DemoScene, writeScene } from './scenes.ts'
import { type Cells, write } from './writing.ts'

/** How an agency's system exports: its columns, separator, line ends, and the look of its references. */
type Export = {
  readonly columns: readonly Column[]
  readonly separator: ',' | ';'
  readonly lineEnd: '\n' | '\r\n'
  readonly mark: '' | '\uFEFF'
  readonly reference: (count: number) => string
}

const without = (...absent: Column[]): Column[] =>
  allColumns.filter((column) => column !== 'measures' && !absent.includes(column))

const number = (count: number) => String(count).padStart(4, '0')

export const exports: Readonly<Record<Agency, Export>> = {
  avim: {
    columns: without(),
    separator: ',',
    lineEnd: '\n',
    mark: '',
    reference: (count) => `PL17-26-${number(count)}`,
  },
  municipality: {
    columns: without('vNumber', 'documentCountry', 'documentNumber'),
    separator: ';',
    lineEnd: '\r\n',
    mark: '\uFEFF',
    reference: (count) => `ZVH-${number(count)}`,
  },
  'youth-care': {
    columns: without(
      'vNumber',
      'documentCountry',
      'documentNumber',
      'prefix',
      'street',
      'placeName',
    ),
    separator: ',',
    lineEnd: '\n',
    mark: '',
    reference: (count) => `JB/26/${number(count)}`,
  },
  ngo: {
    columns: without('bsn', 'prefix', 'postcode'),
    separator: ',',
    lineEnd: '\n',
    mark: '',
    reference: (count) => `N${number(count)}`,
  },
}

/** Faults as people make them, three to a file; each spoils a row that was good. */
const spoilers: Readonly<Record<Agency, readonly ((cells: Cells) => Cells)[]>> = {
  avim: [
    (cells) => ({ ...cells, bsn: '999990008' }),
    (cells) => ({ ...cells, vNumber: '281234567', category: 'mensenhandel' }),
    (cells) => ({ ...cells, observedOn: '2062-08-14' }),
  ],
  municipality: [
    (cells) => ({ ...cells, birthDate: '31-02-2001' }),
    (cells) => ({ ...cells, caseReference: '', phone: '0612' }),
    (cells) => ({ ...cells, region: 'Rotterdam-Zuid', indicators: 'geld;schulden' }),
  ],
  'youth-care': [
    ({ bsn: _bsn, phone: _phone, givenNames: _given, familyName: _family, ...rest }) => rest,
    (cells) => ({ ...cells, birthDate: '2010-13-05', sex: '?v' }),
    (cells) => ({ ...cells, narrative: `${cells.narrative ?? ''} "Kom niet," zei de jongen` }),
  ],
  ngo: [
    (cells) => ({ ...cells, documentCountry: '', documentNumber: 'XX77001' }),
    (cells) => ({ ...cells, role: 'client', observedOn: '' }),
    (cells) => ({ ...cells, phone: '+31 6 12', category: '' }),
  ],
}

/** Rows about a household, location or vehicle that must be rejected: the first speaks of a person too. */
const spoiltScenes: Partial<Record<Agency, Cells>> = {
  avim: { subject: 'location', postcode: '3099 ZX', houseNumber: '118', birthDate: '1999-04-03' },
  ngo: { subject: 'location', placeName: 'Slaapgoed' },
}

type Row = { readonly cells: Cells; readonly person?: Person; readonly scene?: DemoScene }

const quoted = (text: string, separator: string): string =>
  text.includes(separator) || /["\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

const lineOf = (cells: Cells, { columns, separator }: Export): string => {
  const fields = columns.map((column) => quoted(cells[column] ?? '', separator))
  // One of the faults is a stray quote, which has to stay one.
  return cells.narrative?.includes('"Kom') === true
    ? [...fields.slice(0, -1), cells.narrative].join(separator)
    : fields.join(separator)
}

/** References in order; now and then a row is about another subject of the same case. */
const withReferences = (rows: readonly Row[], { reference }: Export, chance: Chance): Row[] => {
  let count = 0
  return rows.map((row) => {
    if (count === 0 || !chance.happens(0.06)) count += 1
    return { ...row, cells: { ...row.cells, caseReference: reference(count) } }
  })
}

export type Placed = {
  readonly line: number
  readonly caseReference: string
  /** Id of the person or scene that the row is about. */
  readonly subject: string
}

export type DemoFile = {
  readonly name: string
  readonly text: string
  readonly placed: readonly Placed[]
  /** Lines at which a row stands that must be rejected. */
  readonly faulty: readonly number[]
}

/** Rows about scenes, after those about people; they draw no chance of the people's. */
const sceneRows = (
  agency: Agency,
  scenes: readonly DemoScene[],
  count: number,
  chance: Chance,
): Row[] => {
  const rows = scenes
    .filter(({ writings }) => writings[agency] !== undefined)
    .map((scene): Row => ({ cells: writeScene(scene, agency, chance), scene }))
  const spoilt = spoiltScenes[agency]
  const [first] = rows
  if (spoilt !== undefined && first !== undefined) {
    const { category = '', observedOn = '' } = first.cells
    rows.push({ cells: { ...spoilt, category, observedOn } })
  }
  return rows.map((row, at) => ({
    ...row,
    cells: { ...row.cells, caseReference: exports[agency].reference(count + at + 1) },
  }))
}

/** The file of one agency, with the line on which each person and scene stands. */
export const exportFile = (
  agency: Agency,
  { people }: Population,
  scenes: readonly DemoScene[],
  { ofPeople: chance, ofScenes }: { readonly ofPeople: Chance; readonly ofScenes: Chance },
): DemoFile => {
  const own = exports[agency]
  const known = people.filter(({ knownTo }) => knownTo.includes(agency))
  const rows = chance
    .shuffled(known)
    .map((person): Row => ({ cells: write(person, agency, chance), person }))
  const referred = withReferences(rows, own, chance)
  // The spoilt rows are about people who are in no truth: copies of rows whose person is taken away.
  for (const spoil of spoilers[agency]) {
    const at = chance.between(5, referred.length - 5)
    const pattern = referred[at]?.cells ?? {}
    const { bsn: _bsn, vNumber: _v, documentNumber: _d, documentCountry: _c, ...rest } = pattern
    referred.splice(at, 0, { cells: spoil(rest) })
  }
  const rowsOfScenes = sceneRows(agency, scenes, referred.length, ofScenes)
  const lines = [own.columns.join(own.separator)]
  const placed: Placed[] = []
  const faulty: number[] = []
  let line = 2
  for (const { cells, person, scene } of [...referred, ...rowsOfScenes]) {
    const subject = person?.id ?? scene?.id
    const text = lineOf(cells, own)
    lines.push(text)
    if (subject === undefined) faulty.push(line)
    else placed.push({ line, caseReference: cells.caseReference ?? '', subject })
    line += text.split('\n').length
  }
  const body = lines.map((text) => text + own.lineEnd).join('')
  return { name: `${agency}.csv`, text: own.mark + body, placed, faulty }
}
