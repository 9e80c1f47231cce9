import { lineOfNode, type PolicyEvidence } from '../evidence/evidence.ts'
import { openFigures } from '../evidence/figures.ts'
import { agreementEvents, operatorEvents } from '../evidence/ledger-evidence.ts'
import { paths } from '../evidence/paths.ts'
import { base64 } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { actEvidence, type EvidenceRow, eventEvidence } from '../ledger/evidence.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { exportText } from '../oversight/access-export.ts'
import { accessPages, countAccesses } from '../oversight/access-pages.ts'
import { type Entry, parsePayload } from '../proofs/entry.ts'
import { multiproofPositions } from '../proofs/multiproof.ts'
import type { Reader } from '../store/reader.ts'
import type { Side } from '../wire/access.ts'
import { reportOf } from './report.ts'
import type { AuditSources, AuditYear, PackageAct } from './types.ts'
import type { ZipFile } from './zip.ts'

/** Kinds that belong to an agency when they name it, and that no client did. None of them tells of a match. */
export const ownEvents = [
  'agency.pin',
  'agency.card',
  'alarm.raise',
  'archive.end',
  'delegation.take',
  'delegation.end',
  'disclosure.open',
  'disclosure.release-emergency',
  'disclosure.revoke',
  'emergency.reopen',
  'emergency.review',
  'recall.confirm',
  'recall.remind',
  'recall.tell',
  'sample.draw',
  'signal.expire',
] as const

const nodesPerPage = 5_000

const lineOf = ({ index, salt, payload }: EvidenceRow): string =>
  `${JSON.stringify({ index, salt: base64(salt), entry: payload })}\n`

async function* once(content: Uint8Array | string): AsyncGenerator<Uint8Array | string> {
  yield content
}

const named = (path: string, content: Uint8Array | string): ZipFile => ({
  path,
  content: once(content),
})

/** Policy sets that an entry says were in force. */
const setsNamedBy = ({ kind, policies, from, to }: Entry): readonly string[] => {
  if (kind === 'operator.start') return typeof policies === 'string' ? [policies] : []
  return kind === 'policy.change' ? [from, to].map(String) : []
}

/** What policies are about, in Dutch, by their names: as their texts say it. */
const dutchReasons = (sets: readonly PolicyEvidence[]): ReadonlyMap<string, string> =>
  new Map(
    sets
      .flatMap(({ policies }) => policies)
      .flatMap(({ text }) => [...text.matchAll(/@id\("([^"]+)"\)[^;]*?@nl\("([^"]+)"\)/g)])
      .map(([, name = '', words = '']) => [name, words]),
  )

/** Everything in a package but the list of it, in the order in which it stands there. */
export async function* packageFiles(
  { db, ledger }: { readonly db: Reader; readonly ledger: Ledger },
  sources: AuditSources,
  year: AuditYear,
  act: PackageAct,
): AsyncGenerator<ZipFile> {
  const { agency, from, until } = year
  const stretch = { from, until, end: act.end }
  const { page, program } = await sources.verifier()
  const agreements = await sources.agreements(agency, until)
  const counting = openFigures()
  const indexes: number[] = []
  const sets = new Set<string>()

  async function* lines(
    pages: AsyncIterable<readonly EvidenceRow[]>,
    count: (entry: Entry) => void,
  ): AsyncGenerator<string> {
    for await (const rows of pages) {
      for (const { index, payload } of rows) {
        const entry = parsePayload(payload)
        indexes.push(index)
        count(entry)
        for (const hash of setsNamedBy(entry)) sets.add(hash)
      }
      yield rows.map(lineOf).join('')
    }
  }

  async function* table(by: Side): AsyncGenerator<string> {
    const filter = { by, from: from.toISOString(), until: until.toISOString(), before: act.end }
    const rows = await countAccesses(db, agency, filter)
    yield* exportText('csv', accessPages(db, agency, filter, act.end), rows)
  }

  async function* nodes(): AsyncGenerator<string> {
    const rising = [...new Set([...indexes, act.index])].sort((one, other) => one - other)
    const positions = multiproofPositions(rising, act.size)
    for (let at = 0; at < positions.length; at += nodesPerPage) {
      const asked = positions.slice(at, at + nodesPerPage)
      const hashes = await ledger.nodes(db, asked)
      yield asked
        .map((position, place) =>
          lineOfNode({ ...position, hash: hashes[place] ?? new Uint8Array(0) }),
        )
        .join('')
    }
  }

  async function cosigned(): Promise<string> {
    const kept = await sources.cosignatures({ from, until, size: act.size })
    const list = []
    for (const { witness, witnessKey, note, size } of kept) {
      const proof = await ledger.consistencyProof(db, size, act.size)
      list.push({ witness, witnessKey, note, consistency: proof.map(base64) })
    }
    return canonicalText(list)
  }

  yield named(paths.page, page)
  yield named(paths.program, program)
  yield {
    path: paths.acts,
    content: lines(actEvidence(db, agency, stretch), (entry) => counting.act(entry)),
  }
  const domains = [...new Set(agreements.map(({ content }) => content.domain))]
  const events = eventEvidence(
    db,
    {
      agency,
      ownKinds: ownEvents,
      operatorKinds: operatorEvents,
      domains,
      agreementKinds: agreementEvents,
      agreements: agreements.map(({ hash }) => hash),
    },
    stretch,
  )
  yield { path: paths.events, content: lines(events, (entry) => counting.event(entry)) }
  yield { path: paths.actsTable, content: table('own') }
  yield { path: paths.delegatesTable, content: table('delegates') }
  yield { path: paths.othersTable, content: table('others') }
  yield named(paths.agreements, canonicalText(agreements))
  const policies = await sources.policies([...sets])
  yield named(paths.policies, canonicalText(policies))
  const figures = counting.figures()
  yield named(paths.figures, canonicalText(figures))
  const madeAt = parsePayload(act.entry).at
  const reasons = dutchReasons(policies)
  yield named(paths.report, reportOf({ agency, year: year.year, madeAt, figures, reasons }))
  yield named(paths.checkpoint, act.checkpoint)
  yield named(
    paths.packageAct,
    canonicalText({ index: act.index, salt: act.salt, entry: act.entry }),
  )
  yield { path: paths.nodes, content: nodes() }
  yield named(paths.cosigned, await cosigned())
  yield named(paths.gatewayKeys, sources.gatewayKeys)
  const keyholderKeys = await sources.keyholderKeys()
  if (keyholderKeys !== undefined) yield named(paths.keyholderKeys, keyholderKeys)
}
