import { sha256 } from '@noble/hashes/sha2.js'
import type { Decisions } from '../decisions/decisions.ts'
import type { Asker } from '../decisions/types.ts'
import { paths } from '../evidence/paths.ts'
import { startOfYear } from '../evidence/year.ts'
import { hex, utf8 } from '../kernel/bytes.ts'
import { canonicalText } from '../kernel/canonical.ts'
import type { Clock } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { AgreementHash } from '../kernel/ids.ts'
import { actorOf } from '../ledger/actor.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { countAccesses } from '../oversight/access-pages.ts'
import { factsUnder, forItself } from '../policy/facts.ts'
import { unknownAgreement } from '../policy/types.ts'
import { parseCheckpointText } from '../proofs/checkpoint.ts'
import { parseNote } from '../proofs/note.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import { type AuditFile, type AuditManifest, type AuditQuery, auditForm } from '../wire/audit.ts'
import type { Receipt } from '../wire/common.ts'
import { packageFiles } from './package-files.ts'
import type { AuditSources, AuditYear, PackageAct } from './types.ts'
import { type ZipFile, zipOf } from './zip.ts'

export type Audit = ReturnType<typeof openAudit>

/** Packages that one process makes at once: each reads a year of the ledger. */
const mostAtOnce = 2
const nothing = new Uint8Array(0)

const sizeOf = (checkpoint: string): number => parseCheckpointText(parseNote(checkpoint).text).size

/** The act as its receipt shows it, under the checkpoint that it made. */
function packageActOf({ index, salt, entry, checkpoint }: Receipt, end: number): PackageAct {
  if (salt === undefined || entry === undefined) throw new Error('the act has no content')
  return { index, salt, entry, size: sizeOf(checkpoint), checkpoint, end }
}

/**
 * The evidence of one year of one agency, as a zip that its auditor verifies without this software: what its clients did and what
 * happened besides, each entry proven under a signed checkpoint, with figures, agreements, policies and cosignatures.
 * Holds nothing about a subject but ids, nothing of what answers said, and of others’ acts only what they
 * may be seen of. Does NOT hold entries that were erased.
 */
export function openAudit({
  clock,
  db,
  ledger,
  decisions,
  sources,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly decisions: Decisions
  readonly sources: AuditSources
}) {
  let underWay = 0

  function yearOf(asker: Asker, year: number): AuditYear {
    const from = startOfYear(year)
    const now = clock.now()
    if (from > now) throw new Fault('audit/ahead')
    return { agency: asker.agency, year, from, until: startOfYear(year + 1) }
  }

  /** Decides and appends; what is counted here is what the package will hold. Counts before the ledger is locked. */
  async function append(asker: Asker, { year, occasion }: AuditQuery, of: AuditYear) {
    const facts = factsUnder(forItself(asker.agency), {
      hash: '' as AgreementHash,
      agreement: unknownAgreement,
    })
    const end = sizeOf(await ledger.checkpoint(db))
    return transact(db, 'audit/package', async (tx) => {
      const decision = decisions.decide('audit.package', facts)
      const permitted = decision.outcome === 'permit'
      const span = { from: of.from.toISOString(), until: of.until.toISOString(), before: end }
      const answerSize = permitted ? await countAccesses(tx, asker.agency, span) : undefined
      const entries = await ledger.append(tx, [
        {
          kind: 'audit.package',
          occasion,
          year,
          answerSize,
          outcome: decision.outcome,
          requestId: asker.requestId,
          agency: asker.agency,
          ...actorOf(asker),
          reasons: decision.reasons.map(({ policy }) => policy),
        },
      ])
      await decisions.recordOne(tx, entries, decision, permitted)
      const [entry] = entries
      if (permitted && entry !== undefined) return { act: packageActOf(entry.receipt, end) }
      const reasons = decision.reasons.map(({ policy, en, article }) => ({
        at: policy,
        message: en,
        article,
      }))
      return { fault: new Fault('policy/denied', reasons) }
    })
  }

  /** All files, the signed list of them last. */
  async function* allFiles(year: AuditYear, act: PackageAct): AsyncGenerator<ZipFile> {
    const listed: AuditFile[] = []

    async function* measured({ path, content }: ZipFile): AsyncGenerator<Uint8Array> {
      const hash = sha256.create()
      let size = 0
      for await (const part of content) {
        const bytes = typeof part === 'string' ? utf8(part) : part
        hash.update(bytes)
        size += bytes.length
        yield bytes
      }
      listed.push({ path, size, sha256: hex(hash.digest()) })
    }

    for await (const file of packageFiles({ db, ledger }, sources, year, act)) {
      yield { path: file.path, content: measured(file) }
    }
    const manifest: AuditManifest = {
      form: auditForm,
      agency: year.agency,
      year: year.year,
      from: year.from.toISOString(),
      until: year.until.toISOString(),
      madeAt: JSON.parse(act.entry).at,
      version: sources.version,
      gatewayRoot: sources.roots.gateway(),
      keyholderRoot: sources.roots.keyholder(),
      ledger: { origin: ledger.origin, size: act.size },
      files: listed,
    }
    const one = async function* (text: string) {
      yield text
    }
    yield { path: paths.manifest, content: one(canonicalText(manifest)) }
    yield { path: paths.signedManifest, content: one(await sources.signManifest(manifest)) }
  }

  async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield nothing
      yield* pieces
    } finally {
      underWay -= 1
    }
  }

  return {
    /**
     * The package, piece by piece. The act is on the ledger, with the number of acts that it holds, before the first piece
     * leaves; the signed list comes last, so that one that broke off is no package.
     * @throws Fault audit/ahead, audit/busy
     */
    async package(asker: Asker, query: AuditQuery): Promise<AsyncIterable<Uint8Array>> {
      const year = yearOf(asker, query.year)
      if (underWay >= mostAtOnce) throw new Fault('audit/busy', [], { retryAfterSeconds: 30 })
      underWay += 1
      try {
        await sources.cosign()
        const { act, fault } = await append(asker, query, year)
        if (fault !== undefined) throw fault
        if (act === undefined) throw new Error('permitted without an act')
        const pieces = counted(zipOf(allFiles(year, act), new Date(JSON.parse(act.entry).at)))
        // Begun, so that it also ends when nobody reads on.
        await pieces.next()
        return pieces
      } catch (error) {
        underWay -= 1
        throw error
      }
    },
  }
}
