import { base64url } from '../kernel/bytes.ts'
import { type Randomness, randomUuid } from '../kernel/random.ts'
import { linkageKeys } from '../linkage/keys.ts'
import { sceneKeys } from '../linkage/scene-keys.ts'
import { sharedKeys } from '../linkage/shared-keys.ts'
import type { Withheld } from '../linkage/types.ts'
import { seal } from '../sealing/sealing.ts'
import type { SealedField } from '../sealing/types.ts'
import type { AgreementContent } from '../wire/agreement.ts'
import { sealedFields } from '../wire/codes/disclosures.ts'
import type { SubjectKind } from '../wire/codes/subjects.ts'
import { codesOf } from '../wire/codes.ts'
import type { SignalBody } from '../wire/signal.ts'
import { ageBandOf, leadRouteOf, retainUntilOf } from './derive.ts'
import type { OpenDomainKeys } from './domain-keys.ts'
import type { RejectedRow, SignalRow } from './rows.ts'
import type { openTokens } from './tokens.ts'

/** Under which agreement signals are made. */
export type UnderAgreement = { readonly hash: string; readonly content: AgreementContent }

/** A row with the linkage keys of its subject; still entirely at the partner. */
export type KeyedRow = {
  readonly row: SignalRow
  readonly keys: readonly {
    readonly type: SignalBody['tokens'][number]['type']
    readonly value: string
  }[]
}

export const subjectKindOf = ({ scene }: SignalRow): SubjectKind => scene?.kind ?? 'person'

type RowKeys = Pick<KeyedRow, 'keys'> & { readonly withheld: readonly Withheld[] }

const keysOf = ({ scene, identity }: SignalRow): RowKeys =>
  scene === undefined ? linkageKeys(identity) : sceneKeys(scene)

export const keyedRowOf = (row: SignalRow): KeyedRow => ({ row, keys: keysOf(row).keys })

/** Why keys were not made of some rows, and of how many. No row and no value. */
export type FewerKeys = readonly { readonly reason: string; readonly rows: number }[]

/**
 * Parts the rows that can be linked from those whose subject has no linkage key at all: under such a
 * signal nobody could ever find anybody. The latter come with the reasons, and without a value; why the
 * former have fewer keys than what was written could make is told in `fewerKeys`, the most common reason first.
 * @param file all rows of the file that the rows are of: what many of it share is no key
 */
export function keyRows(
  rows: readonly SignalRow[],
  file: readonly SignalRow[] = rows,
): {
  readonly linkable: readonly KeyedRow[]
  readonly unlinkable: readonly RejectedRow[]
  readonly fewerKeys: FewerKeys
} {
  const linkable: KeyedRow[] = []
  const unlinkable: RejectedRow[] = []
  const shortfalls = new Map<string, number>()
  const keyed = new Map(file.map((row) => [row, keysOf(row)]))
  const shared = sharedKeys([...keyed.values()])
  for (const row of rows) {
    const { keys, withheld } = shared.without(keyed.get(row) ?? keysOf(row))
    if (keys.length === 0) {
      unlinkable.push({ line: row.line, problems: unlinkableProblems(withheld) })
      continue
    }
    linkable.push({ row, keys })
    for (const { reason, isAbsent } of withheld) {
      if (isAbsent !== true) shortfalls.set(reason, (shortfalls.get(reason) ?? 0) + 1)
    }
  }
  const fewerKeys = [...shortfalls]
    .map(([reason, rows]) => ({ reason, rows }))
    .sort((one, other) => other.rows - one.rows)
  return { linkable, unlinkable, fewerKeys }
}

const unlinkableProblems = (withheld: readonly { readonly reason: string }[]): string[] => [
  'identity: cannot be linked; it takes a number, a name with a full birth date, or less common names with a year or a place',
  ...withheld.map(({ reason }) => `identity: ${reason}`),
]

/** The day on which a row's signal will be over. */
export const keptUntil = (
  { observedOn, identity: { birthDate } }: SignalRow,
  { content: { retentionMonths } }: UnderAgreement,
): string => retainUntilOf({ observedOn, birthDate, retentionMonths })

/** Linkage keys in one run: enough to keep the share of padding small, few enough to see progress. */
const keysPerRun = 512

/** Cuts rows into runs whose linkage keys fit one evaluation batch. */
export function* runsOf(rows: readonly KeyedRow[]): Generator<readonly KeyedRow[]> {
  let run: KeyedRow[] = []
  let points = 0
  for (const keyed of rows) {
    if (run.length > 0 && points + keyed.keys.length > keysPerRun) {
      yield run
      run = []
      points = 0
    }
    run.push(keyed)
    points += keyed.keys.length
  }
  if (run.length > 0) yield run
}

/** Signs what an agency sealed in a signal of its own. */
export type SignSeal = (
  signalId: string,
  under: UnderAgreement,
  sealed: readonly SealedField[],
) => Promise<string>

/**
 * The body of a signal: tokens in place of the identity, what only the partner can compute, and the
 * texts sealed for both operators, each on its own. The identity itself goes nowhere.
 */
async function signalBodyOf({
  row,
  keys,
  tokens,
  formerTokens,
  under,
  domainKeys,
  owner,
  onBehalfOf,
  random,
  signSeal,
  id = randomUuid(random),
}: KeyedRow & {
  /** One per linkage key, in the same order. */
  readonly tokens: readonly Uint8Array[]
  /** In an overlap window: those of the older epoch. */
  readonly formerTokens: readonly Uint8Array[] | undefined
  readonly under: UnderAgreement
  readonly domainKeys: OpenDomainKeys
  readonly owner: string
  /** The owner, when another agency than the one that submits. */
  readonly onBehalfOf?: string
  readonly random: Randomness
  readonly signSeal: SignSeal
  /** Of the signal that is corrected; a new one when none is given. */
  readonly id?: string
}): Promise<SignalBody> {
  const { identity, category, indicators, observedOn } = row
  const { purpose, domain } = under.content
  const ageBand = ageBandOf(identity.birthDate, observedOn)
  const sealed = await Promise.all(
    codesOf(sealedFields).flatMap((field) => {
      const content = row[field]
      const { sealingKeys: operators } = domainKeys
      return content === undefined
        ? []
        : [seal({ signalId: id, purpose, owner, field, content, operators, random })]
    }),
  )
  const labelled = (made: readonly Uint8Array[]) =>
    keys.map(({ type }, at) => ({ type, token: base64url(made[at] ?? new Uint8Array()) }))
  // Only an owner can sign what is sealed in its name; and only a clause for emergencies asks for it.
  const isSigned =
    under.content.emergency !== undefined && onBehalfOf === undefined && sealed.length > 0
  return {
    id,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    agreement: under.hash,
    purpose,
    domain,
    epoch: domainKeys.epoch,
    subjectKind: subjectKindOf(row),
    tokens: labelled(tokens),
    ...(domainKeys.former === undefined || formerTokens === undefined
      ? {}
      : { former: { epoch: domainKeys.former.epoch, tokens: labelled(formerTokens) } }),
    category,
    indicators: [...indicators],
    ...(row.region === undefined ? {} : { region: row.region }),
    observedOn,
    role: row.role,
    caseReference: row.caseReference,
    ageBand,
    retainUntil: keptUntil(row, under),
    leadRoute: leadRouteOf({ ageBand, category, indicators }),
    sealed: sealed as SignalBody['sealed'],
    ...(isSigned ? { seal: await signSeal(id, under, sealed) } : {}),
  }
}

/**
 * The bodies of the signals of these rows: one evaluation batch for each open epoch.
 * @throws RangeError for a row without linkage keys, before anything is evaluated
 */
export async function signalBodiesOf(
  rows: readonly (SignalRow | KeyedRow)[],
  {
    agency,
    client,
    onBehalfOf,
    under,
    domainKeys,
    evaluations,
    random,
    signSeal,
    id,
  }: {
    readonly agency: string
    readonly client: string
    /** Whose signals they become, when not the agency's own. */
    readonly onBehalfOf?: string
    readonly under: UnderAgreement
    readonly domainKeys: OpenDomainKeys
    readonly evaluations: ReturnType<typeof openTokens>
    readonly random: Randomness
    readonly signSeal: SignSeal
    /** Of the one signal that is corrected. */
    readonly id?: string
  },
): Promise<SignalBody[]> {
  const keyed = rows.map((row) => ('keys' in row ? row : keyedRowOf(row)))
  if (keyed.some(({ keys }) => keys.length === 0)) {
    throw new RangeError('a row without linkage keys makes no signal')
  }
  const forAnother = onBehalfOf === undefined ? {} : { onBehalfOf }
  const values = keyed.flatMap(({ keys }) => keys.map(({ value }) => value))
  const purpose = {
    agency,
    client,
    ...forAnother,
    agreement: under.hash,
    purpose: under.content.purpose,
    caseReferences: keyed.map(({ row }) => row.caseReference),
  }
  const { former } = domainKeys
  const tokens = await evaluations.tokensFor(values, domainKeys, purpose)
  const formerTokens = former && (await evaluations.tokensFor(values, former, purpose))
  let next = 0
  return Promise.all(
    keyed.map(({ row, keys }) => {
      const first = next
      next += keys.length
      return signalBodyOf({
        row,
        keys,
        tokens: tokens.slice(first, next),
        formerTokens: formerTokens?.slice(first, next),
        under,
        domainKeys,
        owner: onBehalfOf ?? agency,
        ...forAnother,
        random,
        signSeal,
        ...(id === undefined ? {} : { id }),
      })
    }),
  )
}
