import { butFor, type Judged, nothingThere, outcomeOf } from '../decisions/judging.ts'
import { base64url } from '../kernel/bytes.ts'
import { shifted } from '../kernel/clock.ts'
import { Fault, type Problem } from '../kernel/fault.ts'
import { actorOf } from '../ledger/actor.ts'
import type { LedgerEntry } from '../ledger/entries.ts'
import { thumbprintOf } from '../proofs/statement.ts'
import { hashOfSealed } from '../sealing/sealing.ts'
import type { SealedField } from '../sealing/types.ts'
import { type Tx, transact } from '../store/transact.ts'
import {
  type DisclosureAnswerBody,
  type DisclosureReplyBody,
  type DisclosureState,
  type DisclosureView,
  mostRemarks,
  type ReleaseAnswer,
} from '../wire/disclosure.ts'
import type { DisclosureAct } from './decision.ts'
import type { Grant } from './grants.ts'
import * as store from './store.ts'
import type { Asker, Disclosure, FieldHalf, OwnSignals, Rooms } from './types.ts'
import { sideOf } from './views.ts'

const notNow = (message: string) => new Fault('disclosures/not-now', [{ message }])

/** Whether a sealed field is the very one that a grant names. */
const isGranted = (
  sealed: SealedField,
  { sealedHash, halfHashes }: Grant['fields'][number],
): boolean =>
  hashOfSealed(sealed) === sealedHash &&
  sealed.halfHashes.gateway === halfHashes.gateway &&
  sealed.halfHashes.keyholder === halfHashes.keyholder

/** What becomes of a request: its owner refuses, asks or grants; the receiver replies, and opens. */
export function openAnswers(
  {
    clock,
    db,
    ledger,
    agencies,
    agreements,
    crypter,
    decisions,
    statements,
    releases,
    views,
    telling,
  }: Rooms,
  signals: OwnSignals,
) {
  /**
   * One act on one disclosure: decided, checked against how it stands, appended, and done, in one
   * transaction. To whoever is on neither side it looks like none.
   */
  async function onDisclosure(
    act: DisclosureAct,
    asker: Asker,
    number: string,
    {
      faultOf = async () => undefined,
      entryOf,
      work = async () => {},
    }: {
      readonly faultOf?: (
        tx: Tx,
        one: Disclosure,
        state: DisclosureState,
      ) => Promise<Fault | undefined>
      readonly entryOf: (decided: Judged) => LedgerEntry
      readonly work?: (tx: Tx, one: Disclosure, hours: number) => Promise<void>
    },
  ): Promise<DisclosureView> {
    const result = await transact(db, act.replace('.', '/'), async (tx) => {
      const named = await store.findDisclosure(tx, crypter, number)
      const side = named && sideOf(named, asker.agency)
      if (named === undefined || side === undefined) {
        const decided = nothingThere('disclosures/not-found')
        await decisions.append(tx, ledger, entryOf(decided), decided)
        return decided
      }
      const agreement = (await agreements.hold(tx, [named.agreement])).get(named.agreement)
      await ledger.hold(tx)
      const one = await store.holdDisclosure(tx, crypter, number)
      if (one === undefined) throw new Error('a disclosure vanished')
      const permitted = decisions.on(act, asker.agency, one, agreement)
      const state = await views.standingOf(tx, one)
      const decided = butFor(permitted, permitted.fault ?? (await faultOf(tx, one, state)))
      await decisions.append(tx, ledger, entryOf(decided), decided)
      if (decided.fault !== undefined) return decided
      await work(tx, one, agreement?.content.deadlines.disclosureHours ?? 0)
      const after = await store.findDisclosure(tx, crypter, number)
      return { view: await views.viewOf(tx, after ?? one, side) }
    })
    if ('view' in result) return result.view
    throw result.fault ?? new Fault('door/internal')
  }

  const callerOf = (asker: Asker) => ({
    requestId: asker.requestId,
    agency: asker.agency,
    ...actorOf(asker),
  })

  const roomFor = ({ remarks }: Disclosure): Fault | undefined =>
    remarks.length < mostRemarks ? undefined : notNow('too much was said; call the contact desk')

  /** Everything in a grant that does not fit the request or what is there, all at once. */
  async function grantProblems(
    tx: Tx,
    one: Disclosure,
    grant: Grant,
    asker: Asker,
  ): Promise<Problem[]> {
    const problems: Problem[] = []
    const fits =
      grant.owner === asker.agency &&
      grant.request === one.number &&
      grant.requestHash === base64url(one.requestHash) &&
      grant.receiver === one.receiver &&
      grant.agreement === one.agreement &&
      grant.purpose === one.purpose
    if (!fits) problems.push({ message: 'the grant is not for this request' })
    const sealed = await signals.sealedOf(tx, one.signal)
    for (const [index, granted] of grant.fields.entries()) {
      const at = `/fields/${index}`
      const there = sealed.find(({ field }) => field === granted.field)
      if (!one.fields.includes(granted.field))
        problems.push({ at, message: 'it was not asked for' })
      if (grant.signalId !== one.signal || there === undefined || !isGranted(there, granted)) {
        problems.push({ at, message: 'this is not what is sealed in the signal' })
      }
    }
    if (new Set(grant.fields.map(({ field }) => field)).size !== grant.fields.length) {
      problems.push({ at: '/fields', message: 'a field is granted once' })
    }
    const key = (await agencies.find(one.receiver, tx))?.card?.encryptionKey
    if (key === undefined || (await thumbprintOf(key)) !== grant.encryptionThumbprint) {
      problems.push({ at: '/encryptionThumbprint', message: 'the receiver has another key now' })
    }
    if (!statements.isCurrent(grant)) {
      problems.push({ at: '/expiresAt', message: 'it has expired, or lasts longer than 30 days' })
    }
    return problems
  }

  const read = (asker: Asker, number: string): Promise<DisclosureView> =>
    onDisclosure('disclosure.read', asker, number, {
      entryOf: (decided) => ({
        kind: 'disclosure.read',
        ...callerOf(asker),
        disclosure: number,
        ...outcomeOf(decided),
      }),
    })

  return {
    /** A disclosure, as its reader's side may see it. */
    read,

    /** The owner refuses, with a reason, or asks something back. */
    answer: (asker: Asker, number: string, body: DisclosureAnswerBody): Promise<DisclosureView> =>
      onDisclosure('disclosure.answer', asker, number, {
        faultOf: async (_tx, one, state) =>
          state === 'requested' || (state === 'asked' && body.answer === 'refuse')
            ? roomFor(one)
            : notNow(`it is ${state}`),
        entryOf: (decided) => ({
          kind: 'disclosure.answer',
          ...callerOf(asker),
          disclosure: number,
          answer: body.answer,
          ...(body.answer === 'refuse' ? { refusal: body.reason } : {}),
          ...outcomeOf(decided),
        }),
        work: async (tx, one) => {
          const at = clock.now()
          await telling.tellSide(tx, 'receiver', 'disclosure-answered', one)
          await store.putRemark(tx, crypter, one, {
            remark: {
              by: 'owner',
              kind: body.answer === 'refuse' ? 'refusal' : 'question',
              ...(body.text === undefined ? {} : { text: body.text }),
              at: at.toISOString(),
            },
            state: body.answer === 'refuse' ? 'refused' : 'asked',
            ...(body.answer === 'refuse' ? { refusal: body.reason } : {}),
            at,
          })
        },
      }),

    /** The receiver answers a question, or objects to a refusal: that once. The owner's time begins anew. */
    reply: (asker: Asker, number: string, body: DisclosureReplyBody): Promise<DisclosureView> =>
      onDisclosure('disclosure.reply', asker, number, {
        faultOf: async (_tx, one, state) => {
          if (body.reply === 'answer') {
            return state === 'asked' ? roomFor(one) : notNow('no question is open')
          }
          if (one.objected) return notNow('a refusal can be objected to once')
          return state === 'refused' ? roomFor(one) : notNow('nothing was refused')
        },
        entryOf: (decided) => ({
          kind: 'disclosure.reply',
          ...callerOf(asker),
          disclosure: number,
          reply: body.reply,
          ...outcomeOf(decided),
        }),
        work: async (tx, one, hours) => {
          const at = clock.now()
          await telling.tellSide(tx, 'owner', 'disclosure-replied', one)
          await store.putRemark(tx, crypter, one, {
            remark: { by: 'receiver', kind: body.reply, text: body.text, at: at.toISOString() },
            state: 'requested',
            ...(body.reply === 'objection' ? { objected: true } : {}),
            dueAt: shifted(at, hours * 3600),
            at,
          })
        },
      }),

    /**
     * Takes the owner's signed grant. Nothing is released by it; the gateway only keeps it for the
     * receiver, and could not have made it. The same one again is welcome.
     */
    async grant(asker: Asker, number: string, statement: string): Promise<DisclosureView> {
      const grant = await statements.readGrant(statement)
      return onDisclosure('disclosure.grant', asker, number, {
        faultOf: async (tx, one, state) => {
          if (one.grant?.statement === statement) return undefined
          if (state !== 'requested' && state !== 'asked' && state !== 'refused') {
            return notNow(`it is ${state}`)
          }
          const problems = await grantProblems(tx, one, grant, asker)
          return problems.length > 0 ? new Fault('disclosures/invalid', problems) : undefined
        },
        entryOf: (decided) => ({
          kind: 'disclosure.grant',
          ...callerOf(asker),
          disclosure: number,
          ...(decided.outcome === 'refuse'
            ? {}
            : {
                agreement: grant.agreement,
                purpose: grant.purpose,
                grant: grant.number,
                receiver: grant.receiver,
                signalId: grant.signalId,
                fields: grant.fields.map(({ field }) => field),
                expiresAt: grant.expiresAt,
                grantHash: grant.hash,
              }),
          ...outcomeOf(decided),
        }),
        work: async (tx, one) => {
          if (one.grant?.statement === statement) return
          const kept = {
            number: grant.number,
            statement,
            fields: grant.fields.map(({ field }) => field),
            expiresAt: new Date(grant.expiresAt),
          }
          await store.putGrant(tx, one.number, kept, clock.now())
          await telling.tellSide(tx, 'receiver', 'disclosure-granted', one)
        },
      })
    },

    /**
     * Releases the gateway's half to the receiver, with the fields as their owner sealed them, for the
     * keyholder's half. The signals of both sides have to be there still, and unchanged.
     */
    async release(asker: Asker, number: string, statement: string): Promise<ReleaseAnswer> {
      const { side } = await read(asker, number)
      const found = await store.findDisclosure(db, crypter, number)
      if (found === undefined || side !== 'receiver') throw new Fault('disclosures/not-found')
      if (found.grant === undefined) throw notNow(`it is ${found.state}`)
      let sealed: readonly SealedField[] = []
      const halves = await releases.release(statement, found.grant.statement, async (tx, grant) => {
        const there = await signals.areLive(tx, [found.signal, found.receiverSignal])
        const all = there ? await signals.sealedOf(tx, grant.signalId) : []
        sealed = grant.fields.flatMap((granted) =>
          all.filter((one) => one.field === granted.field && isGranted(one, granted)),
        )
        return sealed.map(
          ({ field, halves: { gateway } }): FieldHalf => ({
            field: field as FieldHalf['field'],
            half: gateway,
          }),
        )
      })
      return { sealed: [...sealed] as ReleaseAnswer['sealed'], halves }
    },
  }
}
