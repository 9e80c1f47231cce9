import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import type { SealedFieldName } from '../../src/wire/codes/disclosures.ts'
import { qualities } from '../../src/wire/codes.ts'
import type { AgencyResult } from './agencies.ts'

/** What became of one request of the demonstration. The text itself is for its receiver alone. */
export type DemoDisclosure = {
  readonly receiver: string
  readonly owner: string
  /** The receiver's own case. */
  readonly caseReference: string
  readonly result: 'opened' | 'refused'
}

const fields: readonly SealedFieldName[] = ['narrative']
const necessity = 'Demonstration: we meet the person tomorrow and have to know what you saw.'

/** The overlap that an agency asks about: the surest, with an agency that takes part here. */
function askedAbout({ overlaps, agency }: AgencyResult, others: readonly AgencyResult[]) {
  const sorted = [...overlaps].sort(
    (one, other) =>
      qualities.indexOf(one.quality) - qualities.indexOf(other.quality) ||
      one.signal.caseReference.localeCompare(other.signal.caseReference),
  )
  for (const overlap of sorted) {
    const owner = others.find(
      (one) =>
        one.agency !== agency &&
        overlap.others.some((other) => other.agency === one.agency.partner.agency),
    )
    if (owner !== undefined) return { overlap, owner }
  }
  return undefined
}

/**
 * Each agency that knows of an overlap asks the other side for its narrative. That side's desk grants
 * where it sealed one, but for the last, which it refuses, because it may. What is granted, the receiver
 * opens with both operators' halves.
 */
export async function discloseSome(
  results: readonly AgencyResult[],
  under: UnderAgreement,
): Promise<DemoDisclosure[]> {
  const done: DemoDisclosure[] = []
  const asking = results.flatMap((receiver) => {
    const about = askedAbout(receiver, results)
    return about === undefined ? [] : [{ receiver: receiver.agency, ...about }]
  })
  for (const [index, { receiver, overlap, owner }] of asking.entries()) {
    const { disclosures } = receiver.partner
    const own = under.content.parties.find(({ agency }) => agency === receiver.partner.agency)
    const article = own?.legalBases.find(({ roles }) => roles.includes('receive'))?.code ?? ''
    const wanted = { owner: owner.agency.partner.agency, fields: [...fields], article, necessity }
    const { number } = await disclosures.request(overlap, wanted, under)
    const isLast = asking.length > 1 && index === asking.length - 1
    const granted = !isLast && (await decide(owner, number, under))
    if (isLast) {
      await owner.agency.partner.disclosures.answer(number, {
        answer: 'refuse',
        reason: 'call-instead',
      })
    }
    if (granted) await disclosures.open(number, under)
    done.push({
      receiver: receiver.name,
      owner: owner.agency.name,
      caseReference: overlap.signal.caseReference,
      result: granted ? 'opened' : 'refused',
    })
  }
  return done
}

/** The owner's desk: grants what it sealed in a signal that it submitted itself. */
async function decide(
  { agency, report }: AgencyResult,
  number: string,
  under: UnderAgreement,
): Promise<boolean> {
  const { disclosures } = agency.partner
  const view = await disclosures.show(number)
  const signalId = [...report.signalIds.values()].find((id) => id === view.signal.id)
  if (signalId === undefined || (view.sealed ?? []).length === 0) {
    await disclosures.answer(number, { answer: 'refuse', reason: 'nothing-sealed' })
    return false
  }
  await disclosures.grant(number, under, { signalId })
  return true
}
