import type { Agencies } from '../agencies/agencies.ts'
import { type Clock, shifted } from '../kernel/clock.ts'
import { Fault } from '../kernel/fault.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { PolicyError } from '../policy/decide.ts'
import { payloadReader } from '../proofs/payload.ts'
import { type PolicySetTexts, policySetHashOf } from '../proofs/policy-set.ts'
import type { Reader } from '../store/reader.ts'
import { transact } from '../store/transact.ts'
import {
  type PolicySetAnswer,
  type PolicySetBody,
  PolicySetPayload,
  type PolicySetView,
} from '../wire/policy.ts'
import { loadPolicySet, type PolicySetInUse } from './policy-set.ts'
import * as store from './policy-set-store.ts'

export type PolicySets = Awaited<ReturnType<typeof openPolicySets>>

const readWish = payloadReader(PolicySetPayload)
const wishLifeSeconds = 7 * 86_400
/** Four eyes: that many administrators put a set in force. */
const administratorsNeeded = 2

/** Loads a set that somebody sent; what is wrong with it becomes the fault that they see. */
function loadSent(texts: PolicySetTexts): PolicySetInUse {
  try {
    return loadPolicySet(texts)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw new Fault(
      'policy/invalid-set',
      error.faults.map((message) => ({ message })),
    )
  }
}

/**
 * The policy set of one operator. The set in force stands in the database, since several processes share it.
 * The files of the folder found it; afterwards two administrators change it. Files that differ from an agreed
 * set at a start count when the signatures of two administrators lie beside them; else the agreed one stays in force.
 * @throws PolicyError when the files are broken, or when the agreed set is none that this software can use
 */
export async function openPolicySets({
  clock,
  db,
  ledger,
  agencies,
  folder,
  files,
  signatures,
  onIgnored,
}: {
  readonly clock: Clock
  readonly db: Reader
  readonly ledger: Ledger
  readonly agencies: Agencies
  /** Where the files lie, for messages. */
  readonly folder: string
  readonly files: PolicySetTexts
  /** Statements of administrators that lie beside the files. */
  readonly signatures: readonly string[]
  /** Told when the files are not what was agreed. */
  readonly onIgnored: (hashes: { readonly files: string; readonly inForce: string }) => void
}) {
  const founding = loadPolicySet(files, folder)

  /** Who signed the change from the set in force to the files, after it came in force. */
  async function signersOfFiles({ hash, since }: store.SetInForce): Promise<string[]> {
    const words = await Promise.allSettled(
      signatures.map((one) => agencies.readAdministratorStatement('policy-set', one, readWish)),
    )
    const signers = words
      .filter((word) => word.status === 'fulfilled')
      .map(({ value }) => value)
      .filter(
        ({ payload: { wish, from, to, issuedAt } }) =>
          wish === 'change' && from === hash && to === founding.hash && new Date(issuedAt) > since,
      )
      .map(({ signer }) => signer)
    return [...new Set(signers)].sort()
  }

  const before = await store.findSetInForce(db)
  const signers = before === undefined ? [] : await signersOfFiles(before)
  let current: PolicySetInUse = await transact(db, 'policy/start', async (tx) => {
    const stored = await store.holdSetInForce(tx)
    if (stored?.hash === founding.hash) return founding
    const fourEyes = (await agencies.administratorCount(tx)) >= administratorsNeeded
    if (stored === undefined || (!stored.agreed && !fourEyes)) {
      const at = clock.now()
      await store.putInForce(tx, { hash: founding.hash, texts: files, agreed: false, at })
      return founding
    }
    if (stored.hash === before?.hash && signers.length >= administratorsNeeded) {
      const [from, to] = [stored.hash, founding.hash]
      await ledger.append(tx, [
        { kind: 'policy.change', outcome: 'permit', from, to, administrators: signers },
      ])
      await store.putInForce(tx, { hash: to, texts: files, agreed: true, at: clock.now() })
      return founding
    }
    onIgnored({ files: founding.hash, inForce: stored.hash })
    return loadPolicySet(stored.texts, 'the agreed policy set')
  })

  async function refresh(reader: Reader): Promise<void> {
    const stored = await store.findSetInForce(reader)
    if (stored === undefined) throw new Error('no policy set is in force')
    if (stored.hash !== current.hash) current = loadPolicySet(stored.texts)
  }

  /**
   * Reads an administrator's word on a set. Only then is the set itself looked at.
   * @throws Fault statements/invalid, policy/invalid-set
   */
  async function readWord({ set, statement }: PolicySetBody, wish: PolicySetPayload['wish']) {
    const { payload, signer } = await agencies.readAdministratorStatement(
      'policy-set',
      statement,
      readWish,
    )
    const invalid = (message: string) => new Fault('statements/invalid', [{ message }])
    if (payload.wish !== wish) throw invalid('the statement wishes for something else')
    if (new Date(payload.issuedAt) < shifted(clock.now(), -wishLifeSeconds)) {
      throw invalid('the statement is older than seven days')
    }
    if (payload.to !== policySetHashOf(set)) throw invalid('the statement is about another set')
    return { payload, signer }
  }

  return {
    inUse: (): PolicySetInUse => current,

    /** Takes over what is in force in the database, as another process may have changed it. */
    refresh,

    readWord,

    /** The set in force, for everyone to read. */
    view: (): PolicySetView => ({
      hash: current.hash,
      set: {
        schema: { ...current.texts.schema },
        policies: current.texts.policies.map((one) => ({ ...one })),
      },
    }),

    /**
     * Takes an administrator's signature under a new set. With that of a second one it is in force at once:
     * what was decided under the former set and is not on the ledger yet is decided again.
     * @throws Fault statements/invalid, policy/invalid-set, policy/outdated-set
     */
    async change(body: PolicySetBody): Promise<PolicySetAnswer> {
      const { payload, signer } = await readWord(body, 'change')
      const { from, to } = payload
      loadSent(body.set)
      const outcome = await transact(db, 'policy/change', async (tx) => {
        const stored = await store.holdSetInForce(tx)
        const at = clock.now()
        // Signed before the set in force came to be: a former change, sent once more.
        const fits =
          stored?.hash === from && from !== to && new Date(payload.issuedAt) > stored.since
        await ledger.append(tx, [
          {
            kind: 'policy.sign',
            outcome: fits ? 'permit' : 'refuse',
            administrator: signer,
            from,
            to,
          },
        ])
        if (!fits) return undefined
        await store.keepSet(tx, to, body.set, at)
        await store.addSetSignature(tx, {
          from,
          to,
          administrator: signer,
          statement: body.statement,
          at,
        })
        const signers = await store.signersOf(tx, { from, to, after: stored.since })
        if (signers.length < administratorsNeeded) return 'awaiting-second-administrator' as const
        await store.putInForce(tx, { hash: to, texts: body.set, agreed: true, at })
        await ledger.append(tx, [
          { kind: 'policy.change', outcome: 'permit', from, to, administrators: signers },
        ])
        return 'in-force' as const
      })
      if (outcome === undefined) throw new Fault('policy/outdated-set')
      await refresh(db)
      return { hash: to, state: outcome }
    },

    /** Loads a set for a trial. @throws Fault policy/invalid-set */
    load: loadSent,
  }
}
