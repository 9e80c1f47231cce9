import {
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import { canonicalText } from '../kernel/canonical.ts'
import type { Act, Decide, Decision, Facts, NotifiedRole, Obligation, Reason } from './types.ts'

export type PolicyTexts = {
  /** A Cedar schema in Cedar's own notation. */
  readonly schema: { readonly file: string; readonly text: string }
  readonly policies: readonly { readonly file: string; readonly text: string }[]
}

/** A policy set that cannot be used; the process must not start. Names file, line and fault. */
export class PolicyError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(`The policies cannot be used:\n  ${faults.join('\n  ')}`)
    this.name = 'PolicyError'
    this.faults = faults
  }
}

type DetailedErrors = readonly {
  readonly message: string
  readonly sourceLocations?: readonly { readonly start: number }[]
}[]

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

const named = (file: string, text: string, errors: DetailedErrors): string[] =>
  errors.map(({ message, sourceLocations }) => {
    const start = sourceLocations?.[0]?.start
    return `${file}${start === undefined ? '' : `:${lineAt(text, start)}`}: ${message}`
  })

type Policy = Reason & {
  readonly obligations: readonly Obligation[]
  readonly text: string
  readonly file: string
  readonly line: number
}

/** `review-within-days:N`, N from 1 to 366; or `notify:ROLE`, and `notify:owner-ROLE` for the owner's. */
function readObligation(policy: string, text: string): Obligation | undefined {
  const days = Number(/^review-within-days:([1-9]\d{0,2})$/.exec(text)?.[1])
  if (days <= 366) return { kind: 'review', policy, withinDays: days }
  const [, owner, role] =
    /^notify:(owner-)?(privacy-officer|coordinator|contact-desk)$/.exec(text) ?? []
  if (role === undefined) return undefined
  const of = owner === undefined ? 'agency' : 'owner'
  return { kind: 'notify', policy, role: role as NotifiedRole, of }
}

/** Obligations with commas between them, each once; undefined when one has no such form. */
function readObligations(policy: string, text: string | null): Obligation[] | undefined {
  const parts = (text ?? '').split(',').map((part) => part.trim())
  const read = parts.map((part) => readObligation(policy, part))
  if (new Set(parts).size < parts.length) return undefined
  return read.every((one) => one !== undefined) ? read : undefined
}

/** Splits a file into its policies; each must carry @id, @article, @en and @nl. */
function policiesOf(file: string, text: string): Policy[] {
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') throw new PolicyError(named(file, text, parts.errors))
  if (parts.policy_templates.length > 0) {
    throw new PolicyError([`${file}: a template decides nothing; write policies`])
  }
  return parts.policies.map((policyText) => {
    const json = policyToJson(policyText)
    if (json.type === 'failure') throw new PolicyError(named(file, policyText, json.errors))
    const notes = (json.json.annotations ?? {}) as Record<string, string | null>
    const { id, article, en, nl } = notes
    const line = lineAt(text, Math.max(0, text.indexOf(policyText.trim().slice(0, 40))))
    if (!id || !article || !en || !nl) {
      throw new PolicyError([`${file}:${line}: a policy needs @id, @article, @en and @nl`])
    }
    const obligations = notes.obligation === undefined ? [] : readObligations(id, notes.obligation)
    if (obligations === undefined) {
      throw new PolicyError([
        `${file}:${line}: ${id}: @obligation can be "review-within-days:N" with N up to 366, "notify:ROLE" or "notify:owner-ROLE" with privacy-officer, coordinator or contact-desk, or several with commas between them, each once`,
      ])
    }
    return { policy: id, article, en, nl, obligations, text: policyText, file, line }
  })
}

const coreOf = (policies: readonly Policy[]): string[] =>
  policies
    .filter(({ policy }) => policy.startsWith('core/'))
    .sort((one, other) => (one.policy < other.policy ? -1 : 1))
    .map(({ text }) => text)

const noPermit: Reason = {
  policy: 'core/denied-by-default',
  article: 'Wpg art. 7; AVG art. 6',
  en: 'No policy permits this: your agency does not have this role in the agreement.',
  nl: 'Geen enkele regel staat dit toe: uw organisatie heeft deze rol niet in de overeenkomst.',
}

const failed: Reason = {
  policy: 'core/decision-failed',
  article: 'AVG art. 32',
  en: 'The decision could not be made; what cannot be decided is refused.',
  nl: 'De beslissing kon niet worden genomen; wat niet te beslissen is, wordt geweigerd.',
}

/** Names under which Cedar holds the sets of this process, by their texts. */
const names = new Map<string, string>()

function nameOf(texts: string): string {
  const name = names.get(texts) ?? `set-${names.size + 1}`
  names.set(texts, name)
  return name
}

/** The one decision point of a set, and the texts of its core policies in the order of their ids. */
export type LoadedPolicies = { readonly decide: Decide; readonly core: readonly string[] }

/** What this process loaded, by files and texts: reading and checking a set takes about a second. */
const loaded = new Map<string, LoadedPolicies>()

/**
 * Loads a policy set and returns the one decision point. Deny by default, forbid wins, an error
 * denies. Pure: the same act and facts always give the same decision.
 * Does not check that the facts are true; gathering them is the caller's work.
 * Several sets stand side by side; Cedar never frees one, but loading the same again takes no more.
 * @throws PolicyError naming file and line when a policy does not parse or does not fit the schema
 */
export function loadPolicies(texts: PolicyTexts): LoadedPolicies {
  const known = canonicalText(texts)
  const found = loaded.get(known) ?? load(texts)
  loaded.set(known, found)
  return found
}

function load({ schema, policies }: PolicyTexts): LoadedPolicies {
  const all = policies.flatMap(({ file, text }) => policiesOf(file, text))
  const byId = new Map(all.map((policy) => [policy.policy, policy]))
  if (byId.size !== all.length) throw new PolicyError(['two policies have the same @id'])
  const staticPolicies = Object.fromEntries(all.map(({ policy, text }) => [policy, text]))

  const checked = validate({ schema: schema.text, policies: { staticPolicies } })
  if (checked.type === 'failure') {
    throw new PolicyError(named(schema.file, schema.text, checked.errors))
  }
  if (checked.validationErrors.length > 0) {
    throw new PolicyError(
      checked.validationErrors.map(({ policyId, error }) => {
        const found = byId.get(policyId)
        return `${found?.file}:${found?.line}: ${policyId}: ${error.message}`
      }),
    )
  }
  const name = nameOf(canonicalText([schema.text, staticPolicies]))
  const schemaReady = preparseSchema(name, schema.text)
  const policiesReady = preparsePolicySet(name, { staticPolicies })
  for (const ready of [schemaReady, policiesReady]) {
    if (ready.type === 'failure') throw new PolicyError(ready.errors.map(({ message }) => message))
  }

  return { decide: (act, facts) => decide({ name, byId }, act, facts), core: coreOf(all) }
}

/** A loaded set: the name under which Cedar holds it, and its policies by id. */
type PolicySet = { readonly name: string; readonly byId: ReadonlyMap<string, Policy> }

const undecided: Decision = { outcome: 'refuse', reasons: [failed], obligations: [] }

function decide({ name, byId }: PolicySet, act: Act, facts: Facts): Decision {
  const { agency, agreementHash, caller, agreement, request } = facts
  const { owner, receiver, lead, coordinator, grant, emergency, reviewer, look, alarm } = facts
  try {
    const answer = statefulIsAuthorized({
      principal: { type: 'Agency', id: agency },
      action: { type: 'Action', id: act },
      resource: { type: 'Agreement', id: agreementHash },
      context: {
        agency,
        caller: { ...caller },
        agreement: {
          ...agreement,
          parties: [...agreement.parties],
          submitters: [...agreement.submitters],
          receivers: [...agreement.receivers],
          categories: [...agreement.categories],
          dataCategories: [...agreement.dataCategories],
          ageBands: [...agreement.ageBands],
          subjectKinds: [...agreement.subjectKinds],
          legalBases: [...agreement.legalBases],
        },
        request: { ...request, dataCategories: [...request.dataCategories] },
        ...(owner === undefined ? {} : { owner }),
        ...(receiver === undefined ? {} : { receiver }),
        ...(lead === undefined ? {} : { lead }),
        ...(coordinator === undefined ? {} : { coordinator }),
        ...(grant === undefined ? {} : { grant: { ...grant } }),
        ...(reviewer === undefined ? {} : { reviewer }),
        ...(look === undefined ? {} : { look: { ...look } }),
        ...(emergency === undefined ? {} : { emergency: { ...emergency } }),
        ...(alarm === undefined ? {} : { alarm: { ...alarm } }),
      },
      entities: [],
      preparsedSchemaName: name,
      preparsedPolicySetId: name,
      validateRequest: true,
    })
    // Without this check a policy that errors would be skipped, and a forbid could vanish.
    if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0) {
      return undecided
    }
    const { decision, diagnostics } = answer.response
    const decided = diagnostics.reason
      .map((id) => byId.get(id))
      .filter((policy) => policy !== undefined)
      .sort((one, other) => (one.policy < other.policy ? -1 : 1))
    const reasons = decided.map(({ policy, article, en, nl }) => ({ policy, article, en, nl }))
    const obligations = decided.flatMap((policy) => policy.obligations)
    if (decision === 'allow') return { outcome: 'permit', reasons, obligations }
    return {
      outcome: 'refuse',
      reasons: reasons.length > 0 ? reasons : [noPermit],
      obligations,
    }
  } catch {
    return undecided
  }
}
