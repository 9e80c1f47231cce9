import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import t from 'tap'
import { type DemoSettings, runDemo } from '../../scripts/demo/run.ts'
import { plainBytes, readRecords } from '../../src/client/csv.ts'
import { columnsOf, delimiterOf } from '../../src/client/header.ts'
import { readRows } from '../../src/client/rows.ts'
import { keyedRowOf } from '../../src/client/signal-bodies.ts'
import { base64, base64url, fromBase64url, fromHex, hex, utf8 } from '../../src/kernel/bytes.ts'
import { dayOf, systemClock } from '../../src/kernel/clock.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { hashToElement } from '../../src/oprf/ristretto.ts'
import { tags } from '../../src/oprf/suite.ts'
import type { OperatorName } from '../../src/oprf/types.ts'
import { openDatabase } from '../../src/store/database.ts'
import { transact } from '../../src/store/transact.ts'
import type { BulkBody } from '../../src/wire/signal.ts'
import { demoFiles, writeSample } from '../support/demo-sample.ts'
import {
  type Find,
  type Haystack,
  type Needle,
  needlesOf,
  openSearch,
  unfolded,
  writtenNeedles,
} from '../support/leak-search.ts'
import {
  type Exchange,
  type ListeningProxy,
  openListeningProxy,
} from '../support/listening-proxy.ts'

t.setTimeout(150_000)

const repository = fileURLToPath(new URL('../..', import.meta.url))
const operators = ['gateway', 'keyholder'] as const
const folder = mkdtempSync(join(tmpdir(), 'raakvlak-privacy-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const input = join(folder, 'input')
const kept = join(folder, 'kept')

const text = (name: string, content: string): Haystack => ({
  name,
  bytes: utf8(content),
  raw: false,
})

function* filesBelow(path: string): Generator<string> {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) yield* filesBelow(inner)
    else if (entry.isFile() && statSync(inner).size > 0) yield inner
  }
}

/** Every file as it lies on the disk; those with nothing but text as text. */
function* diskOf(path: string): Generator<Haystack> {
  for (const file of filesBelow(path)) {
    const raw = !/\.(log|json|jsonl|conf|cedar|cedarschema|ts)$/.test(file)
    yield { name: relative(folder, file), bytes: readFileSync(file), raw }
  }
}

/** All columns of all tables, row by row: bytes as they are, everything else as text. */
async function rowsOf(operator: OperatorName): Promise<{ rows: Haystack[]; ledger: Haystack }> {
  const { db, close } = await openDatabase({
    connection: { kind: 'embedded', directory: join(kept, operator, 'database') },
    operator,
    clock: systemClock,
    migrate: 'leave',
  })
  try {
    const { rows: tables } = await sql<{ schema: string; name: string }>`
      select table_schema as schema, table_name as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema')`.execute(db)
    const rows: Haystack[] = []
    for (const { schema, name } of tables) {
      const all = await sql<Record<string, unknown>>`select * from ${sql.id(schema, name)}`.execute(
        db,
      )
      for (const row of all.rows) {
        for (const [column, value] of Object.entries(row)) {
          const where = `${operator}: ${name}.${column}`
          if (value instanceof Uint8Array) rows.push({ name: where, bytes: value, raw: true })
          else if (value !== null) rows.push(text(where, written(value)))
        }
      }
    }
    const lines: string[] = []
    await transact(db, 'test/export', async (tx) => {
      for await (const line of exportLedger(tx)) lines.push(line)
    })
    return { rows, ledger: text(`${operator}: exported ledger`, lines.join('')) }
  } finally {
    await close()
  }
}

const written = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

const trafficOf = (operator: OperatorName, exchanges: readonly Exchange[]): Haystack[] =>
  exchanges.flatMap(({ method, url, headers, body, answerHeaders, answer }) => {
    const name = `${operator}: ${method} ${url.split('?')[0]}`
    return [
      text(`${name}, address and headers`, `${url}\n${JSON.stringify([headers, answerHeaders])}`),
      { name: `${name}, body`, bytes: body, raw: false },
      { name: `${name}, answer`, bytes: answer, raw: false },
    ]
  })

/** What the files of the input say about people, valid rows and refused ones. */
async function needlesOfInput(): Promise<Needle[]> {
  const telling = new Set([
    ...['bsn', 'vNumber', 'documentNumber', 'phone', 'givenNames', 'familyName', 'birthDate'],
    'narrative',
  ])
  const needles: Needle[] = []
  for (const name of demoFiles) {
    const content = await readFile(join(input, `${name}.csv`))
    for (const row of readRows(content, { today: dayOf(systemClock.now()) }).rows) {
      needles.push(...needlesOf(row))
    }
    const bytes = plainBytes(content)
    const [header, ...records] = readRecords(bytes, delimiterOf(bytes))
    const columns = columnsOf(header !== undefined && 'fields' in header ? header.fields : [])
    for (const record of records) {
      if (!('fields' in record)) continue
      needles.push(
        ...writtenNeedles(record.fields.filter((_, at) => telling.has(columns[at] ?? ''))),
      )
    }
  }
  return needles
}

/**
 * Names that are ordinary words: they stand in the settings, in the codes and forms of the public
 * contract, or in PostgreSQL's own catalogue (template1, to which nothing of ours is ever written).
 * They alone are left out of the search.
 */
function* ordinaryText(): Generator<Haystack> {
  for (const folder of ['config', 'src/wire', 'src/kernel']) yield* diskOf(join(repository, folder))
  yield* diskOf(join(kept, 'config'))
  yield text('openapi', readFileSync(join(repository, 'docs/openapi.json'), 'utf8'))
  yield* diskOf(join(kept, 'gateway', 'database', 'postgres', 'cluster', 'base', '1'))
}

const summary = (finds: readonly Find[]): string[] =>
  [
    ...new Set(finds.map(({ where, needle, around }) => `${needle.label} in ${where}: ${around}`)),
  ].slice(0, 20)

await writeSample(input, 68)
const proxies = new Map<OperatorName, ListeningProxy>()
const between: NonNullable<DemoSettings['between']> = async (operator, port) => {
  const proxy = await openListeningProxy(port)
  proxies.set(operator, proxy)
  return proxy.url
}
const { report } = await runDemo({ input, keep: kept, between })
const exchangesOf = (operator: OperatorName) => proxies.get(operator)?.exchanges ?? []
for (const proxy of proxies.values()) await proxy.close()

const tables = { gateway: await rowsOf('gateway'), keyholder: await rowsOf('keyholder') }

/** All that one operator holds or ever saw. */
function* holdingsOf(operator: OperatorName): Generator<Haystack> {
  yield* diskOf(join(kept, operator))
  for (const hay of [
    text(`${operator}.log`, readFileSync(join(kept, `${operator}.log`), 'utf8')),
    ...tables[operator].rows,
    tables[operator].ledger,
    ...trafficOf(operator, exchangesOf(operator)),
  ]) {
    yield* unfolded(hay)
  }
}

const wordOf = ({ bytes }: Needle): string => Buffer.from(bytes).toString().toLowerCase()
const everything = await needlesOfInput()
const ordinary = new Set(
  openSearch(everything.filter(({ kind }) => kind === 'word'))(ordinaryText()).map(({ needle }) =>
    wordOf(needle),
  ),
)
const needles = everything.filter(
  (needle) => needle.kind !== 'word' || !ordinary.has(wordOf(needle)),
)

const submitted = exchangesOf('gateway')
  .filter(({ url }) => url === '/v1/signals/_bulk')
  .flatMap(({ body }) => (JSON.parse(body.toString()) as BulkBody).signals)
const linkageKeysOfInput = [
  ...new Set(
    demoFiles.flatMap((name) =>
      readRows(readFileSync(join(input, `${name}.csv`)), {
        today: dayOf(systemClock.now()),
      }).rows.flatMap((row) => keyedRowOf(row).keys.map(({ value }) => value)),
    ),
  ),
]

/** Bytes as they are, in hex and in both alphabets of base64. */
const inAllForms = (label: string, bytes: Uint8Array): Needle[] => [
  { label, bytes, kind: 'exact' },
  ...[hex(bytes), hex(bytes).toUpperCase(), base64url(bytes), base64(bytes)].map((form) => ({
    label: `${label}, encoded`,
    bytes: utf8(form.replace(/=+$/, '')),
    kind: 'exact' as const,
  })),
]

const ofLinkage: Needle[] = [
  { label: 'the start of a linkage key', bytes: utf8('lk1|'), kind: 'exact' },
  ...linkageKeysOfInput.flatMap((key) => [
    ...inAllForms('a linkage key', utf8(key)),
    ...inAllForms('the point of a linkage key', hashToElement(utf8(key), tags.element)),
  ]),
]

const columnOf = (name: string) => tables.gateway.rows.filter((row) => row.name === name)
const tokens = submitted.flatMap((signal) => signal.tokens.map(({ token }) => fromBase64url(token)))
const indexed = columnOf('gateway: signal_token.token')
const handles = columnOf('gateway: overlap_handle.handle')
const ofSignals: Needle[] = [
  ...tokens.flatMap((token) => inAllForms('a token', token)),
  ...indexed.flatMap(({ bytes }) => inAllForms('an indexed token', bytes)),
  ...handles.map(({ bytes }): Needle => ({ label: 'a handle', bytes, kind: 'exact' })),
  ...submitted.flatMap(({ id, caseReference }): Needle[] => [
    ...inAllForms('a signal id without its dashes', fromHex(id.replaceAll('-', ''))),
    { label: 'a signal id', bytes: utf8(id), kind: 'exact' },
    { label: 'a case reference', bytes: utf8(caseReference), kind: 'word' },
  ]),
]

const search = openSearch([...needles, ...ofLinkage, ...ofSignals])
const found = {
  gateway: search(holdingsOf('gateway')),
  keyholder: search(holdingsOf('keyholder')),
}
const among = (finds: readonly Find[], wanted: readonly Needle[]): Find[] => {
  const labels = new Set(wanted.map(({ label }) => label))
  return finds.filter(({ needle }) => labels.has(needle.label))
}

t.test('the run that is searched did what the demonstration does', async (t) => {
  t.equal(report.signals, 258)
  t.equal(submitted.length, 258)
  t.equal(report.rejectedRows.length, 14)
  t.ok(report.overlaps.length > 25, `${report.overlaps.length} overlaps`)
  t.equal(report.ledger.gateway.verified && report.ledger.keyholder.verified, true)
  t.ok(tables.gateway.rows.some(({ name }) => name === 'gateway: signal.sealed'))
  t.ok(tables.gateway.rows.some(({ name }) => name === 'gateway: signal_token.token'))
  t.ok(tables.keyholder.rows.some(({ name }) => name === 'keyholder: evaluation_batch.number'))
  const files = [...diskOf(kept)].map(({ name }) => name)
  for (const operator of operators) {
    t.ok(files.some((name) => name.includes(`${operator}/database/postgres/cluster/pg_wal/0`)))
    t.ok(files.some((name) => name.endsWith(`${operator}/database/postgres/postgres.log`)))
    t.ok(files.some((name) => name.endsWith(`${operator}.log`)))
  }
})

t.test('nothing that an operator holds or saw tells who a row is about', async (t) => {
  const labels = new Set(needles.map(({ label }) => label))
  const people = ['BSN', 'V-number', 'document number', 'phone', 'birth date', 'narrative']
  for (const label of [...people, 'postcode', 'place', 'licence plate']) {
    t.ok(labels.has(label), `${label}s are looked for`)
  }
  t.comment(`${needles.length} forms of values are looked for`)
  t.comment(`left out as ordinary words: ${[...ordinary].sort().join(', ')}`)
  for (const operator of operators) {
    t.strictSame(summary(among(found[operator], needles)), [], operator)
  }
})

t.test('nor do the journals, once they are finished, or the rest of the folder', async (t) => {
  const journals = [...diskOf(join(kept, 'journals'))]
  const names = readdirSync(join(kept, 'journals'))
  const ofJournals = names.filter((name) => name.endsWith('.jsonl'))
  t.equal(ofJournals.length, 4)
  t.strictSame(
    names.toSorted(),
    ofJournals.flatMap((name) => [name, `${name}.key`, `${name}.lock`]).toSorted(),
    'a journal, the key of its marks, and what holds it; nothing else stays',
  )
  for (const name of ofJournals) t.equal(statSync(join(kept, 'journals', `${name}.lock`)).size, 0)
  t.equal(journals.length, 2 * ofJournals.length)
  for (const hay of [...journals, ...diskOf(join(kept, 'config'))]) {
    const finds = search(unfolded(hay))
    t.strictSame(summary([...among(finds, needles), ...among(finds, ofLinkage)]), [])
    t.notOk(
      finds.some(({ needle }) => needle.label.startsWith('a token')),
      'no token is left',
    )
  }
})

t.test('no linkage key and no unblinded point reaches an operator', async (t) => {
  for (const operator of operators) {
    t.strictSame(summary(among(found[operator], ofLinkage)), [], operator)
  }
})

t.test(
  'the keyholder holds and sees no token and no case, and of a signal its id once granted',
  async (t) => {
    t.ok(tokens.length > 1_000)
    t.ok(indexed.length > 500)
    t.ok(handles.length > 50)
    const seen = among(found.keyholder, ofSignals)
    t.ok(seen.every(({ needle }) => needle.label === 'a signal id'))
    const opened = report.disclosures.filter(({ result }) => result === 'opened').length
    t.ok(opened > 0, 'owners granted some')
    t.equal(
      new Set(seen.map(({ needle }) => wordOf(needle))).size,
      opened,
      'those of which a half was released, and no other',
    )
    const atGateway = new Set(found.gateway.map(({ needle }) => needle.label))
    for (const label of [
      ...['a token, encoded', 'an indexed token', 'a signal id', 'a case reference', 'a handle'],
    ]) {
      t.ok(atGateway.has(label), `the same search finds ${label} at the gateway, where it belongs`)
    }
  },
)

t.test(
  'the gateway keeps no token that a partner could compare with: they only pass',
  async (t) => {
    const places = among(found.gateway, ofSignals)
      .filter(({ needle }) => needle.label.startsWith('a token'))
      .map(({ where }) => where.replace(' (decoded)', ''))
    t.strictSame([...new Set(places)], ['gateway: POST /v1/signals/_bulk, body'])
  },
)

t.test('the search finds each value where it is planted', async (t) => {
  const alone = needles.filter((needle) => {
    const hay = text('by itself', `"${Buffer.from(needle.bytes).toString()}"`)
    return !search([hay]).some((find) => wordOf(find.needle) === wordOf(needle))
  })
  t.strictSame(alone, [], 'every form of every value, by itself')

  const kinds = [...Map.groupBy(needles, ({ label }) => label).values()].map(
    (alike) => alike.findLast(({ bytes }) => bytes.length >= 6) ?? fail(),
  )
  const log = readFileSync(join(kept, 'gateway.log'), 'utf8')
  const page = readFileSync(firstFile(/cluster\/base\/\d{5}\/1259$/))
  const wal = readFileSync(firstFile(/pg_wal\/0000/)).subarray(0, 1 << 20)
  for (const needle of kinds) {
    const value = Buffer.from(needle.bytes).toString()
    const inStatement = base64url(
      utf8(JSON.stringify({ value, points: base64url(page.subarray(0, 96)) })),
    )
    const places: Haystack[] = [
      text('a log', `${log}{"msg":"no row for ${value}"}\n`),
      text('a signed statement in a body', `{"batch":"eyJhIjoxfQ.${inStatement}.AAAA"}`),
      text(
        'base64 within a signed statement',
        base64url(utf8(base64url(utf8(JSON.stringify({ value }))))),
      ),
      { name: 'a page of a table', bytes: withPlanted(page, needle.bytes), raw: true },
      { name: 'the write-ahead log', bytes: withPlanted(wal, needle.bytes), raw: true },
    ]
    for (const hay of places) {
      const found = search(unfolded(hay)).some((find) => wordOf(find.needle) === wordOf(needle))
      t.ok(found, `${needle.label} in ${hay.name}`)
    }
  }
})

function fail(): never {
  throw new Error('there is nothing to plant or no place for it')
}

function firstFile(pattern: RegExp): string {
  return [...filesBelow(join(kept, 'gateway'))].find((file) => pattern.test(file)) ?? fail()
}

/** A copy with the value and a length before it in its midst, as PostgreSQL would write a short text. */
function withPlanted(bytes: Uint8Array, value: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const at = Math.floor(copy.length / 2)
  copy.set([0, (value.length * 2 + 3) & 0x7f, ...value, 0], at)
  return copy
}
