import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { type Agencies, openAgencies } from './agencies/agencies.ts'
import { agencyRoutes } from './agencies/routes.ts'
import { type Agreements, openAgreements } from './agreements/agreements.ts'
import { type Delegations, openDelegations } from './agreements/delegations.ts'
import type { Library } from './agreements/library.ts'
import { agreementSigningRoutes } from './agreements/routes.ts'
import { openSuspension } from './agreements/suspensions.ts'
import type { AlarmRules } from './alarms/rules.ts'
import type { GatewaySettings, KeyholderSettings } from './config.ts'
import { openDecisions } from './decisions/decisions.ts'
import { loadPolicySet } from './decisions/policy-set.ts'
import { openPolicySets, type PolicySets } from './decisions/policy-sets.ts'
import { policySetRoutes } from './decisions/routes.ts'
import { openSimulations, type Simulations } from './decisions/simulations.ts'
import type { TellNoted } from './decisions/types.ts'
import { openStatements } from './disclosures/grants.ts'
import { type GrantUsed, openReleases, type Releases } from './disclosures/releases.ts'
import { grantRoutes } from './disclosures/routes.ts'
import { healthRoutes } from './door/health.ts'
import { openEvaluation } from './evaluation/evaluation.ts'
import { openWorkers } from './evaluation/workers.ts'
import { readActivities } from './exports.ts'
import type { Clock } from './kernel/clock.ts'
import type { Randomness } from './kernel/random.ts'
import { Secret } from './kernel/secret.ts'
import type { Ceremonies, JointActs } from './keys/ceremonies.ts'
import { openKeyLife } from './keys/keys.ts'
import { keyCeremonyRoutes } from './keys/routes.ts'
import { type Ledger, openLedger } from './ledger/ledger.ts'
import { ledgerRoutes } from './ledger/routes.ts'
import { openTileFiles } from './ledger/tile-files.ts'
import { openLedgerUpkeep } from './ledger/upkeep.ts'
import { openLibrary } from './library-files.ts'
import type { Resolve } from './notification/destination.ts'
import { KeyFileError, openOperatorKeys, sealingKeyOf } from './operator-keys.ts'
import type { OperatorName } from './oprf/types.ts'
import { openPeerPin } from './pins.ts'
import { readPolicies, readPolicySignatures } from './policy-files.ts'
import { signerFromSeed } from './proofs/note.ts'
import { signStatement, thumbprintOf } from './proofs/statement.ts'
import { openCrypter } from './store/crypter.ts'
import { type Connection, openDatabase } from './store/database.ts'
import type { Reader } from './store/reader.ts'
import { transact } from './store/transact.ts'
import { openTracing } from './tracing/tracing.ts'
import type { OperatorCard, OperatorKeysPayload } from './wire/registry.ts'
import { type KeptCosignatures, openCosignatures } from './witness/cosignatures.ts'
import { witnessRoutes } from './witness/routes.ts'
import { openWitness, type Witness } from './witness/witness.ts'

export type Surroundings = {
  readonly clock: Clock
  readonly random: Randomness
  readonly logger: Logger
  /** Resolves a path of the settings file. */
  readonly path: (relative: string) => string
  /** How names of webhooks become addresses; the system's way by default. */
  readonly resolve?: Resolve
  /** Other thresholds for alarms than the published ones; a rule that is missing is off. */
  readonly alarmRules?: Partial<AlarmRules>
  /** Default: what is due is done by itself. Otherwise only when `runDueWork` is called: for a clock that stands still. */
  readonly dueWork?: 'when-called'
  /** Told once when an embedded database ended and could not be started again. */
  readonly onLost?: (reason: Error) => void
}

/** A running operator: its server is ready to listen. */
export type RunningOperator = {
  readonly operator: OperatorName
  readonly server: FastifyInstance
  readonly rootThumbprint: string
  readonly ledgerKey: string
  /** One-time code for the first administrator, as long as there is none. */
  readonly enrolmentCode: string | undefined
  /** Does at once what time has made due, without waiting for the queue's next delivery. */
  readonly runDueWork: () => Promise<void>
  /** Answers what is under way, then closes everything. Calling it again is harmless. */
  readonly close: () => Promise<void>
}

export const version: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version

export function connectionOf(
  { database }: Pick<GatewaySettings, 'database'>,
  path: Surroundings['path'],
): Connection {
  if (database.kind === 'embedded') return { kind: 'embedded', directory: path(database.directory) }
  return {
    kind: 'external',
    url: new Secret(readFileSync(path(database.urlFile), 'utf8').trim()),
  }
}

/** Routes that both operators have. */
export function addOperatorRoutes(
  server: FastifyInstance,
  rooms: {
    readonly agencies: Agencies
    readonly agreements: Agreements
    readonly suspend: (statement: string) => Promise<void>
    readonly delegations: Delegations
    readonly library: Library
    readonly ledger: Ledger
    readonly witness: Witness
    readonly cosignatures: KeptCosignatures
    readonly releases: Releases
    readonly ceremonies: Ceremonies
    readonly db: Reader
    readonly operatorCard: OperatorCard
    readonly sets: PolicySets
    readonly simulations: Simulations
  },
): void {
  server.register(agencyRoutes(rooms.agencies, rooms.operatorCard))
  server.register(agreementSigningRoutes(rooms))
  server.register(policySetRoutes(rooms.sets, rooms.simulations))
  server.register(grantRoutes(rooms.releases))
  server.register(keyCeremonyRoutes(rooms.ceremonies))
  server.register(ledgerRoutes(rooms.ledger, rooms.db))
  server.register(witnessRoutes(rooms.witness, rooms.cosignatures))
  server.register(
    healthRoutes({
      database: async () => {
        await rooms.db.selectFrom('key_fingerprint').select('id').executeTakeFirst()
      },
    }),
  )
}

/** The rooms that both operators have, opened in the order of the house. */
export async function openOperator(
  operator: OperatorName,
  settings: GatewaySettings | KeyholderSettings,
  { clock, random, logger, path, onLost }: Surroundings,
  {
    grantUsed = async () => {},
    tellNoted = async () => {},
    joint,
  }: {
    readonly grantUsed?: GrantUsed
    readonly tellNoted?: TellNoted
    readonly joint?: JointActs
  } = {},
) {
  const policyFolder = path(settings.policies)
  const policyFiles = readPolicies(policyFolder)
  loadPolicySet(policyFiles, policyFolder)
  const { library, hash: libraryHash } = openLibrary(path(settings.library))
  const activities = readActivities(settings, path)
  const database = await openDatabase({
    connection: connectionOf(settings, path),
    operator,
    clock,
    logger,
    ...(onLost === undefined ? {} : { onLost }),
  })
  const { db } = database
  try {
    const keys = await openOperatorKeys({
      file: path(settings.keyFile),
      operator,
      db,
      random,
      make: settings.makeKeys,
    })
    const rootThumbprint = await thumbprintOf(keys.root)
    await publishThumbprint(path(settings.keyFile), rootThumbprint)
    const peer = openPeerPin(
      'keyholder' in settings ? settings.keyholder.pin : settings.gateway.pin,
      path,
    )
    const own = () => rootThumbprint
    const pins =
      operator === 'gateway' ? { gateway: own, keyholder: peer } : { gateway: peer, keyholder: own }

    const crypter = openCrypter(keys.columns, random)
    const origin = settings.ledgerOrigin
    const signer = await signerFromSeed(origin, keys.ledgerSeed.reveal())
    const tracing = openTracing({ clock, random })
    const ledger = openLedger({
      clock,
      random,
      origin,
      signer,
      tracing,
      ...(settings.tileFolder === undefined
        ? {}
        : { tileFiles: openTileFiles(path(settings.tileFolder)) }),
    })
    const upkeep = openLedgerUpkeep({
      clock,
      random,
      db,
      ledger,
      logger,
      path,
      timestamps: settings.timestamps,
    })
    const agencies = openAgencies({
      clock,
      random,
      db,
      ledger,
      operatorThumbprint: rootThumbprint,
    })
    const witness = openWitness({
      clock,
      db,
      signer: await signerFromSeed(origin, keys.witnessSeed.reveal(), 'cosignature'),
      peerThumbprint: operator === 'gateway' ? pins.keyholder : pins.gateway,
    })
    const cosignatures = openCosignatures({ clock, db, ledger, agencies })
    const ownKeys: OperatorKeysPayload = {
      operator,
      ledgerKey: ledger.verifierKey,
      witnessKey: witness.verifierKey,
    }
    const operatorCard: OperatorCard = {
      ...ownKeys,
      version,
      rootThumbprint,
      keys: await signStatement('operator-keys', ownKeys, keys.root),
    }
    const sets = await openPolicySets({
      clock,
      db,
      ledger,
      agencies,
      folder: policyFolder,
      files: policyFiles,
      signatures: readPolicySignatures(policyFolder),
      onIgnored: (hashes) =>
        logger.warn(hashes, 'the policy files are not what was agreed: the agreed set is in force'),
    })
    const decisions = openDecisions({ clock, random, db, sets, tellNoted })
    const agreements = openAgreements({
      clock,
      db,
      ledger,
      agencies,
      pins,
      library,
    })
    const suspend = openSuspension({ db, ledger, agencies })
    const delegations = openDelegations({ clock, db, ledger, agencies })
    const simulations = openSimulations({ clock, db, ledger, delegations, sets })
    const { shares, refreshes, domainKeys, ceremonies } = openKeyLife({
      operator,
      clock,
      random,
      db,
      ledger,
      agencies,
      pins,
      crypter,
      rootKey: keys.root,
      rootThumbprint,
      sealingKey: keys.sealing,
      publicSealingKey: sealingKeyOf(keys),
      joint,
    })
    await shares.assertReadable().catch((cause) => {
      throw new KeyFileError(
        `the column keys in ${path(settings.keyFile)} do not open what this database holds. Put back those that are missing.`,
        { cause },
      )
    })
    const workers = openWorkers({ threads: settings.threads })
    const evaluation = openEvaluation({
      clock,
      db,
      ledger,
      agencies,
      agreements,
      delegations,
      decisions,
      domainKeys,
      evaluators: workers,
      pins,
    })
    const statements = openStatements({ clock, agencies, pins })
    const releases = openReleases({
      operator,
      clock,
      db,
      ledger,
      agreements,
      decisions,
      statements,
      sealingKey: keys.sealing,
      grantUsed,
    })
    await transact(db, 'operator/start', (tx) =>
      ledger.append(tx, [
        {
          kind: 'operator.start',
          operator,
          version,
          rootThumbprint,
          policies: sets.inUse().hash,
          library: libraryHash,
        },
      ]),
    )
    const enrolmentCode = await agencies.renewEnrolmentCode()

    const addCommonRoutes = (server: FastifyInstance): void =>
      addOperatorRoutes(server, {
        agencies,
        agreements,
        suspend,
        delegations,
        library,
        ledger,
        releases,
        ceremonies,
        db,
        sets,
        simulations,
        witness,
        cosignatures,
        operatorCard,
      })

    let closing: Promise<void> | undefined
    const close = (
      server?: FastifyInstance,
      drain: () => Promise<void> = async () => {},
    ): Promise<void> => {
      closing ??= (async () => {
        await server?.close()
        await drain()
        await upkeep.close()
        await workers.close()
        await database.close()
      })()
      return closing
    }

    return {
      library,
      activities,
      db,
      keys,
      rootThumbprint,
      enrolmentCode,
      pins,
      crypter,
      decisions,
      sets,
      simulations,
      ledger,
      tracing,
      upkeep,
      cosignatures,
      operatorCard,
      agencies,
      agreements,
      delegations,
      domainKeys,
      refreshes,
      evaluation,
      statements,
      releases,
      addCommonRoutes,
      close,
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Beside the keys, for the people who tell it to others, and for development. */
async function publishThumbprint(keyFile: string, thumbprint: string): Promise<void> {
  const folder = dirname(keyFile)
  await mkdir(folder, { recursive: true }).catch(() => {})
  await writeFile(join(folder, 'root-thumbprint'), `${thumbprint}\n`).catch(() => {
    // A read-only folder of secrets is fine: the first line at start tells the thumbprint too.
  })
}
