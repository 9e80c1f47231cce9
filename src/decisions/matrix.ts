import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import { dataOfEverySignal } from '../policy/facts.ts'
import {
  type Act,
  type AgreementFacts,
  type Decide,
  type Decision,
  type EmergencyFacts,
  type Facts,
  type GrantFacts,
  unknownAgreement,
} from '../policy/types.ts'
import { acts, actsOnOneSignal, actsWithBody } from '../wire/policy.ts'

/** Who may do what: every combination of what a decision mostly turns on, and what is decided on each. */

export const roles = [
  'submits and receives',
  'submits',
  'receives',
  'no party',
  'suspended agency',
  'acts for such a party, by delegation',
  'acts for such a party, without delegation',
] as const
export const states = [
  'in force',
  'proposed',
  'outside its validity',
  'suspended',
  'ended',
  'unknown',
] as const
export const purposes = ['that of the agreement', 'another'] as const

export type Cell = {
  readonly act: Act
  readonly role: (typeof roles)[number]
  readonly state: (typeof states)[number]
  readonly purpose: (typeof purposes)[number]
  /** Whose signal, seen from the agency for which it is done; only for acts on one. */
  readonly owner: 'own' | 'another agency’s' | undefined
}

const isOnDisclosure = (act: Act): boolean =>
  act.startsWith('disclosure.') && act !== 'disclosure.list'
const isOneOf = (some: readonly Act[], act: Act): boolean => some.includes(act)
/** Acts that only the lead, or the coordinator, may do: here "own" means that it is the agency. */
const isForLead = (act: Act): boolean =>
  isOneOf(['follow-up.offer-lead', 'follow-up.record-outcome'], act)
const isForCoordinator = (act: Act): boolean => act === 'follow-up.settle-dispute'
/** Acts on one request of a subject: "own" means that the agency is its contact point, or the party that answers. */
const isOnRequest = (act: Act): boolean =>
  act.startsWith('subject-request.') && act !== 'subject-request.file'
const isOnOneSignal = (act: Act): boolean =>
  isOneOf(
    [...actsOnOneSignal, 'feedback.read', 'signal.restrict', 'signal.review', 'signal.lift'],
    act,
  ) ||
  isOnDisclosure(act) ||
  isForLead(act) ||
  isOnRequest(act) ||
  isForCoordinator(act)
const isOnDrawnLook = (act: Act): boolean => act === 'sample.justify' || act === 'sample.judge'
const givesBody = (act: Act): boolean => isOneOf(actsWithBody, act)

/** Whose the subject of an act can be; of an act on nothing of anybody's one that is undefined. */
export const ownersOf = (act: Act): readonly Cell['owner'][] =>
  isOnOneSignal(act) ? ['own', 'another agency’s'] : [undefined]

/** What it is that is one's own or another agency's, in an act that has an owner. */
export function ownedIn(act: Act): 'lead' | 'coordinator' | 'request' | 'signal' {
  if (isForLead(act)) return 'lead'
  if (isForCoordinator(act)) return 'coordinator'
  return isOnRequest(act) ? 'request' : 'signal'
}

/** Every combination of act, role, state and purpose; of own and others' signals where it applies. */
export const cells: readonly Cell[] = acts.flatMap((act) =>
  ownersOf(act).flatMap((owner) =>
    roles.flatMap((role) =>
      states.flatMap((state) =>
        purposes.map((purpose): Cell => ({ act, role, state, purpose, owner })),
      ),
    ),
  ),
)

const agency = 'agency' as AgencyId
const anotherAgency = 'other' as AgencyId

const isForAnother = (role: Cell['role']): boolean => role.startsWith('acts for')

function agreementOf({ role, state }: Cell): AgreementFacts {
  if (state === 'unknown') return unknownAgreement
  const has = (...those: readonly Cell['role'][]): AgencyId[] =>
    isForAnother(role) || those.includes(role) ? [agency] : []
  return {
    known: true,
    state: state === 'in force' || state === 'outside its validity' ? 'in-force' : state,
    withinValidity: state !== 'outside its validity',
    purpose: 'one',
    domain: 'one-persons',
    parties: [anotherAgency, ...(role === 'no party' ? [] : [agency])],
    submitters: has('submits and receives', 'submits', 'suspended agency'),
    receivers: [anotherAgency, ...has('submits and receives', 'receives', 'suspended agency')],
    categories: ['forced-begging'],
    dataCategories: dataOfEverySignal('person'),
    ageBands: ['adult'],
    subjectKinds: ['person'],
    legalBases: role === 'no party' ? [] : ['avg-6-1-e'],
  }
}

const goodGrant: GrantFacts = {
  byOwner: true,
  forRecord: true,
  forReceiver: true,
  current: true,
  revoked: false,
  used: false,
}

const goodEmergency: EmergencyFacts = {
  clause: true,
  open: true,
  twoOfficers: true,
  ownerActive: true,
  forRecord: true,
  forReceiver: true,
  current: true,
  revoked: false,
  used: false,
  withinLimit: true,
}

/** The facts of a cell; all else is as the agreement says, and a grant or an emergency is as it should be. */
export function factsOfCell(cell: Cell): Facts {
  const { act, role, purpose, owner } = cell
  const agreement = agreementOf(cell)
  const whose = owner === 'own' ? agency : anotherAgency
  return {
    agency,
    agreementHash: '$1$1$matrix' as AgreementHash,
    caller: {
      active: role !== 'suspended agency',
      agency: isForAnother(role) ? anotherAgency : agency,
      delegated: role === 'acts for such a party, by delegation',
    },
    agreement,
    request: {
      purpose: purpose === 'another' ? 'two' : 'one',
      domain: 'one-persons',
      category: givesBody(act) ? 'forced-begging' : '',
      dataCategories: givesBody(act) ? dataOfEverySignal('person') : [],
      ageBand: givesBody(act) ? 'adult' : '',
      subjectKind: givesBody(act) ? 'person' : '',
    },
    ...(owner === undefined || act.startsWith('follow-up.') ? {} : { owner: whose }),
    ...(isForLead(act) ? { lead: whose } : {}),
    ...(isForCoordinator(act) ? { coordinator: whose } : {}),
    ...(isOnDisclosure(act) ? { receiver: owner === 'own' ? anotherAgency : agency } : {}),
    ...(act === 'flag.review' ? { reviewer: agency } : {}),
    ...(isOnDrawnLook(act) ? { look: { own: true, other: true } } : {}),
    ...(act === 'alarm.take' || act === 'alarm.close' ? { alarm: { aboutCaller: false } } : {}),
    ...(act === 'disclosure.release' ? { grant: goodGrant } : {}),
    ...(act === 'disclosure.release-emergency' ? { emergency: goodEmergency } : {}),
  }
}

export const decideCell = (decide: Decide, cell: Cell): Decision =>
  decide(cell.act, factsOfCell(cell))
