import { type AgencyKeys, makeAgencyKeys, rootThumbprintOf } from '../../src/client/agency-keys.ts'
import { draftAgreement } from '../../src/client/agreement-draft.ts'
import { enrolAdministrator, type PinnedOperators, pinAgency } from '../../src/client/operators.ts'
import { openPartner, type Partner } from '../../src/client/partner.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { shifted, systemClock } from '../../src/kernel/clock.ts'
import { randomUuid, systemRandomness } from '../../src/kernel/random.ts'
import type { PerOperator } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import { legalBasesOfTests } from './legal-bases.ts'

export type TestAgency = {
  readonly agency: string
  readonly keys: AgencyKeys
  readonly rootThumbprint: string
  readonly partner: Partner
}

export const partnerOf = (agency: string, keys: AgencyKeys, pins: PinnedOperators): Partner =>
  openPartner({
    agency,
    client: 'connector',
    keys,
    pins,
    clock: systemClock,
    random: systemRandomness,
  })

/** Agencies with keys of their own, admitted at both operators, their cards presented. */
export async function admitAgencies(
  names: readonly string[],
  pins: PinnedOperators,
  codes: PerOperator<string>,
): Promise<TestAgency[]> {
  const agencies = await Promise.all(
    names.map(async (agency) => {
      const keys = await makeAgencyKeys()
      const rootThumbprint = await rootThumbprintOf(keys)
      return { agency, keys, rootThumbprint, partner: partnerOf(agency, keys, pins) }
    }),
  )
  for (const operator of ['gateway', 'keyholder'] as const) {
    const { root: key } = await makeAgencyKeys()
    await enrolAdministrator(pins[operator], key, codes[operator], systemClock.now())
    for (const { agency, rootThumbprint } of agencies) {
      await pinAgency(pins[operator], key, {
        agency,
        name: agency,
        rootThumbprint,
        active: true,
        number: randomUuid(systemRandomness),
        at: systemClock.now(),
      })
    }
  }
  for (const { agency, partner } of agencies) await partner.presentCard(`desk of ${agency}`, 1)
  return agencies
}

/** An agreement among these agencies that nobody has signed yet. */
export function draftFor(
  agencies: readonly TestAgency[],
  pins: PinnedOperators,
  purpose: string,
): UnderAgreement {
  const at = systemClock.now()
  const content = draftAgreement({
    title: purpose,
    purpose,
    parties: agencies.map(({ agency, rootThumbprint }) => ({
      agency,
      name: agency,
      rootThumbprint,
      contactDesk: `desk of ${agency}`,
      ...legalBasesOfTests,
    })),
    dpiaReference: 'DPIA-TEST',
    pins,
    random: systemRandomness,
    at,
    until: shifted(at, 86_400),
  })
  return { content, hash: agreementHashOf(content) }
}

/** An agreement in force: every party has accepted it at both operators. */
export async function agreeOn(
  agencies: readonly TestAgency[],
  pins: PinnedOperators,
  purpose: string,
): Promise<UnderAgreement> {
  const under = draftFor(agencies, pins, purpose)
  for (const { partner } of agencies) await partner.acceptAgreement(under.content)
  return under
}
