import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { keyholderAlarmRoutes } from '../../src/alarms/routes.ts'
import {
  type Cell,
  cells,
  decideCell,
  ownedIn,
  ownersOf,
  purposes,
  roles,
  states,
} from '../../src/decisions/matrix.ts'
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
import { systemRandomness } from '../../src/kernel/random.ts'
import { shareRefreshRoutes } from '../../src/keys/routes.ts'
import { addOperatorRoutes, version } from '../../src/operator.ts'
import { type OperatorName, operatorNames } from '../../src/oprf/types.ts'
import type { Act, Decide } from '../../src/policy/types.ts'
import { readPolicies } from '../../src/policy-files.ts'
import { activityRoutes } from '../../src/processing-log/routes.ts'
import { acts } from '../../src/wire/policy.ts'
import { beaconRoutes } from '../../src/witness/beacon-routes.ts'
import { describedGateway, documentedUrl, nobodysRooms } from './openapi.ts'
import { type RouteRule, routeRules, tokenRules } from './route-rules.ts'

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
  const what = ownedIn(act)
  const tables = ownersOf(act).map(
    (owner) =>
      `${owner === undefined ? '' : `A ${what} that is ${owner}:\n\n`}${actTable(decide, act, owner)}`,
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
