import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

/**
 * The rules of the house (docs/ARCHITECTURE.md), as tests. Each rule is also shown a planted
 * violation, so that a rule that has gone blind fails too.
 */

/** Lowest first: a file may import its own room and rooms further down, never upward. */
const rooms = [
  'kernel',
  'wire',
  'linkage',
  'oprf',
  'proofs',
  'sealing',
  'timestamps',
  'evidence',
  'files',
  'verifier',
  'policy',
  'store',
  'tracing',
  'ledger',
  'door',
  'agencies',
  'witness',
  'agreements',
  'decisions',
  'notification',
  'keys',
  'evaluation',
  'signals',
  'calibration',
  'overlaps',
  'archive',
  'retention',
  'disclosures',
  'follow-up',
  'non-punishment',
  'subject-rights',
  'oversight',
  'processing-log',
  'decision-log',
  'otlp',
  'alarms',
  'justifications',
  'audit',
  'insight',
  'console',
]
/** Shared with the client and the browser: no input or output, nothing of the machine. */
const pureRooms = [
  'kernel',
  'wire',
  'linkage',
  'oprf',
  'proofs',
  'sealing',
  'timestamps',
  'evidence',
]
const gardenMayImport = [...pureRooms, 'files', 'verifier']
/** What agencies run stands in the garden beside the house: rooms there, and what each may import of the others. */
const garden: Readonly<Record<string, readonly string[]>> = {
  client: [],
  connector: ['client'],
  'reporter-page': ['client'],
}
/** The commands of the connector stand among the others. */
const opensGarden = 'client/program.ts'
const inGarden = (path: string): boolean => roomOf(path) in garden
const packagesOfPureRooms = [
  '@noble/hashes',
  'any-ascii',
  'asn1js',
  'canonicalize',
  'fflate',
  'http-message-sig',
  'i18n-iso-countries',
  'jose',
  'libphonenumber-js',
  'libsodium-wrappers-sumo',
  'pkijs',
  'typebox',
]

/**
 * Rooms that read another room's tables, with the reason. Everything else asks the other room's
 * functions. Matching reads live signals inside the transaction of the submission: the queries stand
 * beside the tables they know, and the room `signals` itself is above them both in that call.
 */
const readsStoreOf: Record<string, string> = { overlaps: 'signals' }

/**
 * What `store/` may know of other rooms: words of the kernel, files, and the names of the two operators,
 * because each has a schema of its own. It knows no domain; queries stand in the rooms.
 */
const storeMayImport = /^(?:kernel\/|files\/|oprf\/types\.ts$)/

const mayReadEnvironment = /^(?:main\.ts|client\/cli\.ts|client\/commands\/.*)$/
const mostLines = 400

type Rule = {
  readonly promise: string
  readonly find: (path: string, code: string) => readonly string[]
  /** A file that breaks the rule. */
  readonly planted: readonly [path: string, code: string]
}

const withoutComments = (code: string): string =>
  code.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/(^|\s)\/\/.*$/gm, '$1')

/** Static, bare and dynamic imports, re-exports, and modules that a worker is started with. */
const importPattern =
  /(?:\bfrom|\bimport)\s*\(?\s*(['"`])([^'"`]+)\1|\bnew URL\(\s*(['"`])(\.[^'"`]+\.ts)\3/g

const importsOf = (code: string): readonly string[] =>
  [...withoutComments(code).matchAll(importPattern)].map((match) => match[2] ?? match[4] ?? '')

/** Files of ours that a file imports, as paths under src/. */
const ownImports = (path: string, code: string): readonly string[] =>
  importsOf(code)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name))

const packageImports = (code: string): readonly string[] =>
  importsOf(code).filter((name) => !name.startsWith('.'))

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '') : '')

/** Rooms, then the files at the top, then main.ts; -1 for a room that nobody knows. */
function floorOf(path: string): number {
  if (path === 'main.ts') return rooms.length + 1
  return roomOf(path) === '' ? rooms.length : rooms.indexOf(roomOf(path))
}

const text =
  (pattern: RegExp, isExempt: (path: string) => boolean = () => false): Rule['find'] =>
  (path, code) =>
    isExempt(path) ? [] : [...withoutComments(code).matchAll(pattern)].map(([found]) => found)

const rules: readonly Rule[] = [
  {
    promise: 'every room has its floor',
    find: (path) => (inGarden(path) || floorOf(path) >= 0 ? [] : [roomOf(path)]),
    planted: ['attic/attic.ts', ''],
  },
  {
    promise: 'imports go down only',
    find: (path, code) =>
      inGarden(path)
        ? []
        : ownImports(path, code).filter(
            (target) => inGarden(target) || floorOf(target) > floorOf(path),
          ),
    planted: ['kernel/clock.ts', "import '../store/database.ts'"],
  },
  {
    promise: 'a dynamic import goes down only, too',
    find: (path, code) =>
      ownImports(path, code).filter((target) => !inGarden(path) && floorOf(target) > floorOf(path)),
    planted: ['wire/signal.ts', "const room = await import('../signals/signals.ts')"],
  },
  {
    promise: 'no import is computed, or this test could not see it',
    find: text(/\bimport\s*\(\s*(?!['"`])[^)]*|\bimport\s*\(\s*`[^`]*\$\{/g),
    planted: ['store/migrations.ts', 'await import(name)'],
  },
  {
    promise:
      'client, connector and page stand in the garden: they import only what runs at a partner',
    find: (path, code) =>
      !inGarden(path)
        ? []
        : ownImports(path, code).filter(
            (target) =>
              roomOf(target) !== roomOf(path) &&
              !gardenMayImport.includes(roomOf(target)) &&
              !garden[roomOf(path)]?.includes(roomOf(target)) &&
              !(path === opensGarden && target === 'connector/command.ts'),
          ),
    planted: ['client/derive.ts', "export { sign } from '../ledger/ledger.ts'"],
  },
  {
    promise: 'pure rooms import nothing that belongs to a server',
    find: (path, code) =>
      pureRooms.includes(roomOf(path))
        ? packageImports(code).filter((name) => !packagesOfPureRooms.includes(packageOf(name)))
        : [],
    planted: ['linkage/keys.ts', "import { createHash } from 'node:crypto'"],
  },
  {
    promise: 'the page imports nothing that belongs to a server',
    find: (path, code) =>
      roomOf(path) === 'reporter-page'
        ? packageImports(code).filter((name) => !packagesOfPureRooms.includes(packageOf(name)))
        : [],
    planted: ['reporter-page/main.ts', "import { readFileSync } from 'node:fs'"],
  },
  {
    promise: 'the policy room has Cedar and no other package: no input, no output',
    find: (path, code) =>
      roomOf(path) === 'policy'
        ? packageImports(code).filter((name) => packageOf(name) !== '@cedar-policy/cedar-wasm')
        : [],
    planted: ['policy/decide.ts', "import { readFileSync } from 'node:fs'"],
  },
  {
    promise: 'the store knows no domain',
    find: (path, code) =>
      roomOf(path) !== 'store'
        ? []
        : ownImports(path, code).filter(
            (target) => roomOf(target) !== 'store' && !storeMayImport.test(target),
          ),
    planted: ['store/schema.ts', "import type { Policy } from '../policy/types.ts'"],
  },
  {
    promise: 'queries of a room are used by that room',
    find: (path, code) =>
      ownImports(path, code).filter(
        (target) =>
          target.endsWith('/store.ts') &&
          roomOf(target) !== roomOf(path) &&
          readsStoreOf[roomOf(path)] !== roomOf(target),
      ),
    planted: ['signals/signals.ts', "import { findPin } from '../agencies/store.ts'"],
  },
  {
    promise: 'routes are mounted at the top, by no room',
    find: (path, code) =>
      ownImports(path, code).filter(
        (target) => posix.basename(target) === 'routes.ts' && roomOf(path) !== '',
      ),
    planted: ['signals/signals.ts', "import { signalRoutes } from './routes.ts'"],
  },
  {
    // Waiting and measuring how long something took (`performance.now`) is no reading of the clock.
    promise: 'only the kernel reads the clock of the machine',
    find: text(
      /\bnew Date\(\s*\)|\bDate\.now\b|\bperformance\.timeOrigin\b/g,
      (path) => roomOf(path) === 'kernel',
    ),
    planted: ['ledger/ledger.ts', 'const at = new Date()'],
  },
  {
    promise: 'only the kernel makes randomness',
    find: text(
      /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|FillSync|Fill)\b|\bgetRandomValues\b/g,
      (path) => roomOf(path) === 'kernel',
    ),
    planted: ['signals/signals.ts', 'const id = crypto.randomUUID()'],
  },
  {
    promise: 'only what is started by hand reads the environment',
    find: text(
      /\bprocess\.env\b|\bprocess\[|\{[^}]*\b(?:env|process)\b[^}]*\}\s*from 'node:process'/g,
      (path) => mayReadEnvironment.test(path),
    ),
    planted: ['config.ts', "const url = process.env['DATABASE_URL']"],
  },
  {
    promise: 'only what is started by hand writes to the console',
    find: text(/(?<![/-])\bconsole\.\w+/g, (path) => mayReadEnvironment.test(path)),
    planted: ['door/server.ts', "console.error('no')"],
  },
  {
    promise: 'nothing is a default export',
    find: text(/\bexport default\b|\bas default\b/g),
    planted: ['door/server.ts', 'export default fastify'],
  },
  {
    promise: 'no list of exports but the client’s',
    find: (path) =>
      posix.basename(path) === 'index.ts' && path !== 'client/index.ts' ? [path] : [],
    planted: ['signals/index.ts', ''],
  },
  {
    promise: 'nothing is left for later in a comment',
    find: (_path, code) => [...code.matchAll(/\b(?:TODO|FIXME|XXX)\b/g)].map(([found]) => found),
    planted: ['door/server.ts', '// TODO: mend this'],
  },
  {
    promise: 'no check is silenced',
    find: (_path, code) => [...code.matchAll(/@ts-\w+|biome-ignore/g)].map(([found]) => found),
    planted: ['door/server.ts', '// @ts-expect-error'],
  },
  {
    promise: 'every type is known',
    find: text(/\bas any\b|: any\b|<any>|\bany\[\]/g),
    planted: ['door/server.ts', 'const body = request.body as any'],
  },
  {
    promise: `no file has more than ${mostLines} lines`,
    find: (_path, code) => {
      const lines = code.split('\n').length - 1
      return lines > mostLines ? [`${lines} lines`] : []
    },
    planted: ['door/server.ts', '\n'.repeat(mostLines + 1)],
  },
  {
    promise: 'files are named after what they are',
    find: (path) =>
      path
        .replace(/\.ts$/, '')
        .split(/[/.-]/)
        .filter((word) => /^(?:manager|helper|util|service|data|info|base)s?$/.test(word)),
    planted: ['signals/signal-helpers.ts', ''],
  },
  {
    promise: 'files are in kebab case',
    find: (path) => (/^[a-z0-9/-]+(?:\.worker)?\.ts$/.test(path) ? [] : [path]),
    planted: ['signals/signalIndex.ts', ''],
  },
  {
    promise: 'classes and types are named after what they are',
    find: text(
      /\b(?:class|type|interface)\s+\w*(?:Manager|Helpers?|Utils?|Service|Data|Info|Base)\b/g,
    ),
    planted: ['signals/types.ts', 'export type SignalInfo = string'],
  },
]

const source = fileURLToPath(new URL('../src/', import.meta.url))
const files = globSync('**/*.ts', { cwd: source })
  .map((path) => path.replaceAll('\\', '/'))
  .sort()
  .map((path) => ({ path, code: readFileSync(`${source}/${path}`, 'utf8') }))

for (const { promise, find, planted } of rules) {
  t.test(promise, async (t) => {
    t.not(find(...planted).length, 0, 'a planted violation is seen')
    t.same(
      files.flatMap(({ path, code }) => find(path, code).map((found) => `${path}: ${found}`)),
      [],
    )
  })
}

t.test('every way to import is seen', async (t) => {
  const code = `
    import { a } from './a.ts'
    import type { B } from "./b.ts"
    import './c.ts'
    export { d } from './d.ts'
    export * from './e.ts'
    const f = await import('./f.ts')
    const g = await import(
      './g.ts'
    )
    const h = new Worker(new URL('./h.ts', import.meta.url))
    type I = import('./i.ts').I
    // import './no.ts'
    /** import './no.ts' */
    const accepts = '*/*'
    import { last } from './j.ts' /* and no more */
  `
  t.same(
    importsOf(code)
      .join(' ')
      .match(/\w(?=\.ts)/g)
      ?.join(''),
    'abcdefghij',
  )
})

t.test('every import of ours leads to a file', async (t) => {
  const known = new Set(files.map(({ path }) => path))
  const lost = files.flatMap(({ path, code }) =>
    ownImports(path, code)
      .filter((target) => target.endsWith('.ts') && !known.has(target))
      .map((target) => `${path}: ${target}`),
  )
  t.same(lost, [])
})

t.test('the floors as they are', async (t) => {
  const edges = new Map<string, Set<string>>()
  for (const { path, code } of files) {
    const from = roomOf(path) || path
    const targets = edges.get(from) ?? new Set()
    for (const target of ownImports(path, code)) {
      const to = roomOf(target) || target
      if (to !== from) targets.add(to)
    }
    edges.set(from, targets)
  }
  for (const [from, targets] of edges) t.comment(`${from} → ${[...targets].sort().join(', ')}`)
  t.ok(edges.size > 10, 'the whole house was read')
})
