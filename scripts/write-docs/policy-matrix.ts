import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { keyholderAlarmRoutes } from '../../src/alarms/routes.ts'
import { loadPolicySet } from '../../src/decisions/policy-set.ts'
import {
  emergencyReviewRoutes,
  keyholderEmergencyRoutes,
} from '../../src/disclosures/emergency-routes.ts'
import { keyholderReleaseRoutes } from '../../src/disclosures/routes.ts'
import { openLog } from '../../src/door/request-log.ts'
import { makeServer } from '../../src/door/server.ts'
import { keyholderEvaluationRoutes } from '../../src/evaluation/routes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { AgencyId, AgreementHash } from '../../src/kernel/ids.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { shareRefreshRoutes } from '../../src/keys/routes.ts'
import { addOperatorRoutes, version } from '../../src/operator.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import { dataOfEverySignal } from '../../src/policy/facts.ts'
import {
  type Act,
  type AgreementFacts,
  type Decide,
  type Decision,
  type EmergencyFacts,
  type Facts,
  type GrantFacts,
  unknownAgreement,
} from '../../src/policy/types.ts'
import { readPolicies } from '../../src/policy-files.ts'
import { activityRoutes } from '../../src/processing-log/routes.ts'
import { acts, actsOnOneSignal, actsWithBody } from '../../src/wire/policy.ts'
import { beaconRoutes } from '../../src/witness/beacon-routes.ts'
import { describedGateway, documentedUrl, nobodysRooms } from './openapi.ts'
import { type RouteRule, routeRules, tokenRules } from './route-rules.ts'

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

/** Every combination of act, role, state and purpose; of own and others' signals where it applies. */
export const cells: readonly Cell[] = acts.flatMap((act) =>
  (isOnOneSignal(act) ? (['own', 'another agency’s'] as const) : [undefined]).flatMap((owner) =>
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

/** The policies as they stand in this repository. */
export const policiesHere = (): Decide =>
  loadPolicySet(readPolicies(fileURLToPath(new URL('../../config/policies', import.meta.url))))
    .decide

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const decidedAs = ({ act, or }: Exclude<RouteRule['rule'], string>): string =>
  or === undefined ? `decided as \`${act}\`` : `decided as \`${act}\`, or \`${or}\``

function actTable(decide: Decide, act: Act, owner: Cell['owner']): string {
  const rows = roles.flatMap((role) =>
    purposes.map((purpose) => [
      role,
      purpose,
      ...states.map((state) =>
        decideCell(decide, { act, role, state, purpose, owner }).outcome === 'permit'
          ? '**permit**'
          : 'refuse',
      ),
    ]),
  )
  return table(['role', 'purpose named', ...states], rows)
}

const routesOf = (act: Act): string =>
  operatorNames
    .flatMap((operator) =>
      Object.entries(routeRules[operator])
        .filter(([, { rule }]) => typeof rule !== 'string' && (rule.act === act || rule.or === act))
        .map(([route]) => `\`${route}\` (${operator})`),
    )
    .join(', ')

function actSection(decide: Decide, act: Act): string {
  const owners = isOnOneSignal(act) ? (['own', 'another agency’s'] as const) : [undefined]
  const what = isForLead(act)
    ? 'A lead'
    : isForCoordinator(act)
      ? 'A coordinator'
      : isOnRequest(act)
        ? 'A request'
        : 'A signal'
  const tables = owners.map(
    (owner) =>
      `${owner === undefined ? '' : `${what} that is ${owner}:\n\n`}${actTable(decide, act, owner)}`,
  )
  return `### \`${act}\`\n\nAt ${routesOf(act)}.\n\n${tables.join('\n\n')}`
}

/** Who gets past the door at a route: the same for all routes of one kind of access. */
const callerKinds = [
  'nobody',
  'any statement',
  'client without the scope',
  'client of a suspended agency',
  'client with the scope',
] as const

const passes = ({ access }: RouteRule): readonly string[] =>
  access === 'public' || access === 'statement'
    ? callerKinds.map((_, at) => (access === 'public' || at === 1 ? 'yes' : 'no'))
    : ['no', 'no', 'no', 'no', `yes (\`${access}\`)`]

const routeTable = (rules: Readonly<Record<string, RouteRule>>): string =>
  table(
    ['route', ...callerKinds, 'then'],
    Object.entries(rules).map(([route, row]) => [
      `\`${route}\``,
      ...passes(row),
      typeof row.rule === 'string' ? row.rule : decidedAs(row.rule),
    ]),
  )

function describedKeyholder(): FastifyInstance {
  const server = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger: openLog({ level: 'silent' }),
    publicUrl: documentedUrl,
    apiVersion: version,
  })
  addOperatorRoutes(server, nobodysRooms)
  server.register(keyholderEvaluationRoutes({} as never))
  server.register(shareRefreshRoutes({} as never, {} as never))
  server.register(keyholderReleaseRoutes(nobodysRooms.releases))
  server.register(keyholderEmergencyRoutes({} as never))
  server.register(emergencyReviewRoutes({} as never))
  server.register(keyholderAlarmRoutes({} as never))
  server.register(activityRoutes({} as never))
  server.register(beaconRoutes({} as never))
  return server
}

/**
 * Routes that no row is about, rows that no route is there for, and rows that ask for other access.
 * @param table routes as a server has them
 */
export function unmatchedRoutes(
  table: FastifyInstance['routeTable'],
  rules: Readonly<Record<string, RouteRule>>,
): string[] {
  const found = new Map(
    table
      .filter(({ method }) => method !== 'HEAD')
      .map(({ method, path, access }) => [
        `${method} ${path}`,
        typeof access === 'object' ? access.scope : access,
      ]),
  )
  return [
    ...[...found].filter(([name, access]) => rules[name]?.access !== access).map(([name]) => name),
    ...Object.keys(rules).filter((name) => !found.has(name)),
  ]
}

async function assertComplete(operator: OperatorName, server: FastifyInstance): Promise<void> {
  await server.ready()
  const unmatched = unmatchedRoutes(server.routeTable, routeRules[operator])
  await server.close()
  if (unmatched.length > 0) {
    throw new Error(`route-rules.ts does not fit the ${operator}: ${unmatched.join(', ')}`)
  }
}

/**
 * `docs/policy-matrix.md`: who may knock at every route, and what is decided behind it.
 * @throws Error when a route has no row
 */
export async function policyMatrixPage(): Promise<string> {
  await assertComplete('gateway', describedGateway())
  await assertComplete('keyholder', describedKeyholder())
  const decide = policiesHere()
  const permits = cells.filter((cell) => decideCell(decide, cell).outcome === 'permit').length
  return `# Policy matrix

<!-- Written by scripts/write-docs/policy-matrix.ts from the routes and config/policies/. Do not edit. -->

Who gets past the door at every route, and what the policies decide behind it. \`test/flows/authorisation-matrix.test.ts\`
holds both against the same rules written down a second time, and against a running gateway.

## Routes

"Yes" means past the door. A statement is then verified by the room behind it: the last column says whose counts.

### Gateway

${routeTable({ ...routeRules.gateway, ...tokenRules })}

### Keyholder

${routeTable(routeRules.keyholder)}

## Acts

All else is as the agreement says: its domain, a category, an age group and kinds of data that it covers. "Such a party" submits and
receives. Only evaluating, submitting, looking at overlaps and withdrawing can name an agency for which it is done; every
other act is the caller's own. "Ended" is an agreement that was revoked, has run out or has a later version. To somebody who is no party, or has no delegation of one, a
refusal looks as if there were no agreement. ${cells.length} combinations, of which ${permits} are permitted.

${acts.map((act) => actSection(decide, act)).join('\n\n')}
`
}
