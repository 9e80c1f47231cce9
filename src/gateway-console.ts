import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Agencies } from './agencies/agencies.ts'
import type { Library } from './agreements/library.ts'
import { agreementsInForce } from './agreements/public.ts'
import type { GatewaySettings, SignInSettings } from './config.ts'
import type { CheckedEntry } from './console/check.ts'
import { openConsole, type SignInChoice } from './console/console.ts'
import { accessPages } from './console/pages/accesses.ts'
import { agreementPages, waitingAgreements } from './console/pages/agreements.ts'
import { alarmPages } from './console/pages/alarms.ts'
import { auditPages } from './console/pages/audit.ts'
import { checkPages } from './console/pages/check.ts'
import { disclosurePages, waitingDisclosures } from './console/pages/disclosures.ts'
import { healthPages, waitingHealth } from './console/pages/health.ts'
import { matrixPage } from './console/pages/matrix.ts'
import { overlapPage } from './console/pages/overlap.ts'
import { overlapActPages } from './console/pages/overlap-acts.ts'
import { ownAgencyPages } from './console/pages/own-agency.ts'
import { publicPage } from './console/pages/public.ts'
import { queuePages, waitingInQueue } from './console/pages/queue.ts'
import { reviewCasePages, waitingCases } from './console/pages/review-cases.ts'
import { reviewPages, waitingReviews } from './console/pages/reviews.ts'
import { samplePages } from './console/pages/samples.ts'
import { startPage } from './console/pages/start.ts'
import { subjectRequestPages } from './console/pages/subject-request.ts'
import { subjectRequestsPage, waitingRequests } from './console/pages/subject-requests.ts'
import { waitingWebhooks, webhookPages } from './console/pages/webhooks.ts'
import { whatIfPages } from './console/pages/what-if.ts'
import { workloadPage } from './console/pages/workload.ts'
import { consoleRoutes } from './console/routes.ts'
import type { Page } from './console/types.ts'
import type { PolicySets } from './decisions/policy-sets.ts'
import { openGatewayHealth } from './gateway-health.ts'
import type { AnsweringRooms } from './gateway-routes.ts'
import { base64 } from './kernel/bytes.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Surroundings } from './operator.ts'
import type { Crypter } from './store/crypter.ts'
import type { Reader } from './store/reader.ts'
import { type KeptCosignatures, otherOperator } from './witness/cosignatures.ts'

const usualClaims = { agency: 'agency', officer: 'sub', roles: 'roles', name: 'name' }

function choiceOf(signIn: SignInSettings, path: Surroundings['path']): SignInChoice {
  if (signIn.kind === 'embedded') {
    return { kind: 'embedded', accountsFile: path(signIn.accountsFile) }
  }
  const { issuer, clientId, clientKeyFile, secondFactor, agencies, claims } = signIn
  return {
    kind: 'external',
    settings: {
      issuer,
      clientId,
      key: JSON.parse(readFileSync(path(clientKeyFile), 'utf8')),
      secondFactor,
      agencies,
      claims: { ...usualClaims, ...claims },
    },
  }
}

type OversightRooms = Pick<
  AnsweringRooms,
  'accesses' | 'alarms' | 'audit' | 'justifications' | 'subjectRights'
> & {
  readonly db: Reader
  readonly ledger: Ledger
  readonly library: Library
  readonly cosignatures: Pick<KeptCosignatures, 'list'>
}

/** What privacy officers look at. */
function oversightPages(rooms: OversightRooms): Page[] {
  const { accesses, alarms, justifications, db, ledger, library, cosignatures } = rooms
  async function cosignedWith(index: number): Promise<CheckedEntry['cosigned']> {
    const kept = await cosignatures.list()
    const newest = kept.find(({ witness, size }) => witness === otherOperator && size > index)
    if (newest === undefined) return undefined
    const { note, witnessKey, size } = newest
    const inclusion = await ledger.inclusionProof(db, index, size)
    return { note, witnessKey, inclusion: inclusion.map(base64) }
  }
  const { requests } = rooms.subjectRights
  return [
    ...reviewCasePages(justifications.reviewCases),
    ...auditPages(rooms.audit),
    subjectRequestsPage(requests),
    ...subjectRequestPages(requests),
    ...accessPages(accesses),
    ...checkPages({ accesses, verifierKey: ledger.verifierKey, cosignedWith }),
    ...alarmPages(alarms),
    ...samplePages({ ...justifications, legalBases: () => [...library.legalBases.values()] }),
  ]
}

type AdministrationRooms = Parameters<typeof agreementPages>[0] &
  Parameters<typeof healthPages>[0] &
  Parameters<typeof ownAgencyPages>[0] &
  Parameters<typeof webhookPages>[0] &
  Parameters<typeof matrixPage>[0] &
  Pick<AnsweringRooms, 'decisions'>

/** What administrators look after. */
const administrationPages = (rooms: AdministrationRooms): readonly Page[] => [
  ...agreementPages(rooms),
  ...healthPages(rooms),
  ...ownAgencyPages(rooms),
  ...webhookPages(rooms),
  matrixPage(rooms),
  ...whatIfPages({ ...rooms, ...rooms.decisions }),
]

/** What officers find in the menu, by who they are. */
function pagesOver(rooms: AnsweringRooms & OversightRooms & AdministrationRooms): readonly Page[] {
  const waiting = [
    waitingInQueue(rooms),
    waitingDisclosures(rooms),
    waitingReviews(rooms),
    waitingCases(rooms.justifications.reviewCases),
    waitingRequests(rooms.subjectRights.requests),
    waitingAgreements(rooms),
    waitingHealth(rooms),
    waitingWebhooks(rooms),
  ]
  return [
    startPage(waiting, rooms.connectorUrlOf),
    ...queuePages(rooms),
    overlapPage(rooms),
    ...overlapActPages(rooms.followUps),
    ...disclosurePages(rooms),
    ...reviewPages(rooms),
    workloadPage(rooms),
    ...oversightPages(rooms),
    ...administrationPages(rooms),
  ]
}

/** The console of the gateway over its rooms, where the settings have one. */
export async function addConsole(
  server: FastifyInstance,
  { console: settings, publicUrl, keyholder }: GatewaySettings,
  { clock, random, logger, path }: Surroundings,
  rooms: AnsweringRooms & {
    readonly db: Reader
    readonly crypter: Crypter
    readonly ledger: Ledger
    readonly library: Library
    readonly agencies: Agencies
    readonly cosignatures: Pick<KeptCosignatures, 'list'>
    readonly sets: PolicySets
  },
): Promise<void> {
  if (settings === undefined) return
  const { db, crypter, ledger, library, agencies } = rooms
  const health = openGatewayHealth({ clock, keyholderUrl: keyholder.url, ...rooms })
  const connectorUrlOf = (agency: string) => settings.connectorUrls?.[agency]
  const room = await openConsole({
    clock,
    random,
    logger,
    db,
    crypter,
    publicUrl,
    agencies,
    choice: choiceOf(settings.signIn, path),
    pages: pagesOver({ ...rooms, clock, connectorUrlOf, lookAtHealth: health.look }),
    showPublicPage: publicPage({
      publicUrl,
      verifierKey: ledger.verifierKey,
      checkpoint: () => ledger.checkpoint(db),
      agreementsInForce: async () => {
        const found = await agreementsInForce(db, clock)
        const ids = new Set(found.flatMap(({ parties }) => parties.map(({ agency }) => agency)))
        const names = await agencies.namesOf(db, [...ids])
        return found.map((content) => ({
          title: content.title,
          purpose: library.purposes.get(content.purpose) ?? {
            en: content.purpose,
            nl: content.purpose,
          },
          agencies: content.parties.map(({ agency }) => names.get(agency) ?? agency),
          until: content.validity.notAfter,
          dpia: content.dpiaReference,
        }))
      },
    }),
  })
  server.register(consoleRoutes(room))
}
