import { type AgencyKeys, rootThumbprintOf } from '../../src/client/agency-keys.ts'
import { draftAgreement } from '../../src/client/agreement-draft.ts'
import { enrolAdministrator, type PinnedOperators, pinAgency } from '../../src/client/operators.ts'
import { openPartner, type Partner } from '../../src/client/partner.ts'
import type { UnderAgreement } from '../../src/client/signal-bodies.ts'
import { type Clock, shifted } from '../../src/kernel/clock.ts'
import { randomUuid } from '../../src/kernel/random.ts'
import { operatorNames, type PerOperator } from '../../src/oprf/types.ts'
import { agreementHashOf } from '../../src/proofs/agreement.ts'
import type { AgreementParty } from '../../src/wire/agreement.ts'
import type { FieldAgency, Kind } from './field.ts'
import type { Seed } from './seeded.ts'
import { seededAgencyKeys, seededSigningKey } from './seeded-keys.ts'

/** An agency that takes part: its habits, its connector, and the agreement that all signed. */
export type Party = FieldAgency & {
  readonly partner: Partner
  readonly keys: AgencyKeys
  readonly under: UnderAgreement
  /** Legal basis on which it receives. */
  readonly article: string
}

/** Months that a signal is kept: short enough that some of the old ones expire within the year. */
const retentionMonths = 18

/** On what each kind of agency rests its part. */
const basisOf: Readonly<Record<Kind, string>> = {
  avim: 'wpg-20',
  municipality: 'avg-6-1-e',
  'youth-care': 'jeugdwet-7-1',
  ngo: 'avg-6-1-e',
  'safety-house': 'avg-6-1-e',
}

function partyOf(party: AgreementParty, own: FieldAgency): AgreementParty {
  const roles: AgreementParty['roles'] = own.submitsOnly ? ['submit'] : ['submit', 'receive']
  return {
    ...party,
    roles,
    legalBases: party.legalBases.map((one) => ({
      ...one,
      roles: one.roles.length === 0 ? [] : roles,
    })),
    contactDesk: {
      name: `Desk of ${own.name}`,
      deputy: `Deputy desk of ${own.name}`,
      ...(own.kind === 'safety-house' || own.kind === 'avim'
        ? { coordinator: `Coordinator of ${own.name}` }
        : {}),
      absences: [...own.absences],
    },
  }
}

/** All are admitted at both operators under keys of their own, and sign one agreement. */
export async function takePart(
  field: readonly FieldAgency[],
  {
    clock,
    seed,
    pins,
    codes,
    days,
  }: {
    readonly clock: Clock
    readonly seed: Seed
    readonly pins: PinnedOperators
    readonly codes: PerOperator<string>
    readonly days: number
  },
): Promise<Party[]> {
  const agencies = await Promise.all(
    field.map(async (own) => {
      const keys = seededAgencyKeys(seed.randomness(`keys of ${own.id}`))
      const random = seed.randomness(own.id)
      const { id: agency } = own
      const partner = openPartner({ agency, client: 'connector', keys, pins, clock, random })
      return { own, keys, partner, rootThumbprint: await rootThumbprintOf(keys) }
    }),
  )
  const random = seed.randomness('administrators')
  for (const operator of operatorNames) {
    const key = seededSigningKey(random)
    await enrolAdministrator(pins[operator], key, codes[operator], clock.now())
    for (const { own, rootThumbprint } of agencies) {
      await pinAgency(pins[operator], key, {
        agency: own.id,
        name: own.name,
        rootThumbprint,
        active: true,
        number: randomUuid(random),
        at: clock.now(),
      })
    }
  }
  for (const { own, partner } of agencies) await partner.presentCard(`Desk of ${own.name}`, 1)

  const draft = draftAgreement({
    title: 'Simulation: signals of human trafficking and criminal exploitation',
    purpose: 'protecting-victims',
    parties: agencies.map(({ own, rootThumbprint }) => ({
      agency: own.id,
      name: own.name,
      rootThumbprint,
      contactDesk: `Desk of ${own.name}`,
      legalBases: [basisOf[own.kind]],
      ...(own.kind === 'avim'
        ? { competentAuthority: 'Competent authority of the simulation' }
        : {}),
      ...(basisOf[own.kind] === 'avg-6-1-e' ? { exemptions: ['avg-9', 'avg-10'] } : {}),
    })),
    dpiaReference: 'DPIA of the simulation',
    pins,
    random,
    at: clock.now(),
    until: shifted(clock.now(), (days + 120) * 86_400),
  })
  const leadOf = (kind: Kind): string => field.find((own) => own.kind === kind)?.id ?? ''
  const content = {
    ...draft,
    retentionMonths,
    lead: {
      minor: leadOf('municipality'),
      organised: leadOf('avim'),
      general: leadOf('safety-house'),
    },
    parties: draft.parties.flatMap((party) => {
      const own = field.find(({ id }) => id === party.agency)
      return own === undefined ? [] : [partyOf(party, own)]
    }),
  }
  for (const { partner } of agencies) await partner.acceptAgreement(content)
  const under = { content, hash: agreementHashOf(content) }
  return agencies.map(({ own, keys, partner }) => ({
    ...own,
    keys,
    partner,
    under,
    article: basisOf[own.kind],
  }))
}
