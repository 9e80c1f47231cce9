import { parseVerifierKey } from '../proofs/note.ts'
import { payloadReader } from '../proofs/payload.ts'
import { verifyReceipt } from '../proofs/receipt.ts'
import { commitmentOf, type DrawnAct, drawAmong, looksAmong, seedOf } from '../proofs/sample.ts'
import { readStatement } from '../proofs/statement.ts'
import type { Access } from '../wire/access.ts'
import type { Receipt } from '../wire/common.ts'
import {
  type SampleBeacon,
  type SampleBeaconPayload,
  SampleBeaconPayload as SampleBeaconPayloadForm,
  type SampleDraw,
} from '../wire/justification.ts'

const readBeacon = payloadReader(SampleBeaconPayloadForm)

/** What an agency has to make the draws again; nothing here asks anybody. */
export type DrawEvidence = {
  readonly agency: string
  /** Newest first, without a gap. */
  readonly draws: readonly SampleDraw[]
  /** As the keyholder shows them. */
  readonly beacons: readonly SampleBeacon[]
  /** All acts of the agency’s own clients. */
  readonly accesses: readonly Access[]
  readonly coversMinors: (agreement: string) => boolean
  readonly keyholderThumbprint: string
  /** Of the gateway’s ledger, as its pinned root key signed it. */
  readonly ledgerKey: string
}

export type CheckedDraw = {
  readonly week: string
  readonly looks: number
  readonly drawn: number
  /** What does not fit; none: the draw is what it has to be. */
  readonly faults: readonly string[]
}

const sameNumbers = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((value, at) => value === other[at])

/** The word of the keyholder in a draw, or why it does not count. */
async function wordOf(
  draw: SampleDraw,
  { beacons, keyholderThumbprint, ledgerKey }: DrawEvidence,
): Promise<{ readonly payload?: SampleBeaconPayload; readonly faults: string[] }> {
  try {
    const payload = readBeacon(
      await readStatement('sample-beacon', draw.beacon, keyholderThumbprint),
    )
    const shown = beacons.find(({ week }) => week === draw.week)
    const origin = parseVerifierKey(ledgerKey).name
    const fits = payload.week === draw.week && payload.origin === origin
    const faults = [
      ...(fits ? [] : ['the keyholder’s word is for another week or another ledger']),
      ...(shown?.statement === draw.beacon ? [] : ['the keyholder itself shows another word']),
    ]
    return { payload, faults }
  } catch {
    return { faults: ['the keyholder’s word is not signed under its pinned root key'] }
  }
}

/** The gateway was bound to its secret: in the entry of the draw before, or in the one of its first start. */
async function bindingFaults(
  draw: SampleDraw,
  before: SampleDraw | undefined,
  size: number,
  ledgerKey: string,
): Promise<string[]> {
  const verdict = await verifyReceipt(draw.committed, ledgerKey)
  if (!verdict.valid) return [`the receipt of the commitment does not hold: ${verdict.reason}`]
  const entry = verdict.entry as Readonly<Record<string, unknown>> | undefined
  const follows =
    entry?.kind === 'sample.seed'
      ? before !== undefined && entry.week === before.week && entry.seed === before.seed
      : entry?.kind === 'sample.commit' && before === undefined
  return [
    ...(entry?.committed === commitmentOf(draw.secret)
      ? []
      : ['the gateway was bound to another secret']),
    ...(follows ? [] : ['the gateway was bound elsewhere than in the draw before']),
    ...(verdict.index < size ? [] : ['the gateway was bound after the keyholder’s word']),
    ...(before === undefined || draw.from === before.until
      ? []
      : ['it does not begin where the draw before ended']),
  ]
}

async function ownEntryFaults(
  receipt: Receipt | undefined,
  expected: { readonly agency: string; readonly week: string; readonly looks: number },
  drawn: readonly number[],
  ledgerKey: string,
): Promise<string[]> {
  if (receipt === undefined) {
    return expected.looks === 0 ? [] : ['your agency’s draw is not on the ledger']
  }
  const verdict = await verifyReceipt(receipt, ledgerKey)
  if (!verdict.valid) return [`the receipt of the draw does not hold: ${verdict.reason}`]
  const entry = verdict.entry as Readonly<Record<string, unknown>> | undefined
  const fits =
    entry?.kind === 'sample.draw' &&
    entry.agency === expected.agency &&
    entry.week === expected.week &&
    entry.looks === expected.looks &&
    Array.isArray(entry.drawn) &&
    sameNumbers(entry.drawn, drawn)
  return fits ? [] : ['the ledger has another draw for your agency']
}

async function checkDraw(
  draw: SampleDraw,
  before: SampleDraw | undefined,
  evidence: DrawEvidence,
): Promise<CheckedDraw> {
  const { agency, accesses, coversMinors, ledgerKey } = evidence
  const { week, from, until, secret, seed } = draw
  const word = await wordOf(draw, evidence)
  const faults = [...word.faults]
  if (word.payload !== undefined) {
    const { value, size, root } = word.payload
    if (until !== Math.max(from, size)) faults.push('it ends elsewhere than the keyholder saw')
    if (seed !== seedOf({ week, secret, value, size, root })) faults.push('the seed is another one')
    faults.push(...(await bindingFaults(draw, before, size, ledgerKey)))
  }
  const acts = accesses.flatMap(({ client, ...act }): DrawnAct[] =>
    client === undefined || act.index < from || act.index >= until ? [] : [{ ...act, client }],
  )
  const looks = looksAmong(acts, coversMinors)
  const drawn = drawAmong(seed, agency, looks).map(({ index }) => index)
  if (looks.length !== draw.looks) {
    faults.push(`it counts ${draw.looks} looks, your own acts have ${looks.length}`)
  }
  if (!sameNumbers(drawn, draw.drawn)) faults.push('other looks were drawn than the seed draws')
  faults.push(
    ...(await ownEntryFaults(
      draw.receipt,
      { agency, week, looks: looks.length },
      drawn,
      ledgerKey,
    )),
  )
  return { week, looks: looks.length, drawn: drawn.length, faults }
}

/**
 * Makes every draw again from the agency’s own acts, and holds it against what the gateway drew, what it was bound to
 * and what the keyholder said. Offline: it believes nothing but the pinned keys. Does not see an act that the gateway keeps
 * from its agency: hold your own receipts against the list for that.
 * @returns the newest first; a week that the keyholder spoke for and that was not drawn is a draw with that fault
 */
export async function checkDraws(evidence: DrawEvidence): Promise<CheckedDraw[]> {
  const { draws, beacons } = evidence
  const checked: CheckedDraw[] = []
  for (const [at, draw] of draws.entries()) {
    checked.push(await checkDraw(draw, draws[at + 1], evidence))
  }
  const drawn = new Set(draws.map(({ week }) => week))
  const passed = beacons.filter(({ week }) => !drawn.has(week))
  return [
    ...passed.map(({ week }) => ({
      week,
      looks: 0,
      drawn: 0,
      faults: ['the keyholder said its word for this week, and it was not drawn'],
    })),
    ...checked,
  ].sort((one, other) => (one.week < other.week ? 1 : -1))
}
