import type { Agency } from '../agencies/types.ts'
import type { Problem } from '../kernel/fault.ts'
import { contentProblems } from './content-problems.ts'
import { mayUseDomain } from './domains.ts'
import type { Library } from './library.ts'
import { partiesWith, stateOf } from './lifecycle.ts'
import type { Agreement, AgreementContent } from './types.ts'

/** The same words whether a domain serves another purpose or belongs to others. */
export const domainProblem: Problem = {
  at: '/content/domain',
  message:
    'these parties cannot use this domain for this purpose; choose another one, or its successor',
}

/** Everything that is wrong with a proposal, all at once. Shape is checked before, by the schema. */
export function proposalProblems(
  content: AgreementContent,
  known: {
    readonly agencies: ReadonlyMap<string, Agency>
    readonly gatewayThumbprint: string
    readonly keyholderThumbprint: string
    /** Agreements of the domain that every party accepted once. */
    readonly standing: readonly Agreement[]
    /** The agreement that the content names as its predecessor, if the proposer is a party to it. */
    readonly previous: Agreement | undefined
    readonly library: Library
    readonly now: Date
  },
): Problem[] {
  const problems: Problem[] = [...contentProblems(content, known.library)]
  const names = content.parties.map(({ agency }) => agency)
  if (new Set(names).size !== names.length) {
    problems.push({ at: '/content/parties', message: 'an agency is a party only once' })
  }
  content.parties.forEach(({ agency, rootThumbprint }, index) => {
    if (known.agencies.get(agency)?.rootThumbprint !== rootThumbprint) {
      problems.push({
        at: `/content/parties/${index}`,
        message: 'this agency is not admitted here under this root key',
      })
    }
  })
  for (const role of ['submit', 'receive'] as const) {
    if (partiesWith(content, role).length === 0) {
      problems.push({ at: '/content/parties', message: `no party has the role ${role}` })
    }
  }
  if (content.gateway.rootThumbprint !== known.gatewayThumbprint) {
    problems.push({ at: '/content/gateway', message: 'this is not the root key of the gateway' })
  }
  if (content.keyholder.rootThumbprint !== known.keyholderThumbprint) {
    problems.push({
      at: '/content/keyholder',
      message: 'this is not the root key of the keyholder',
    })
  }
  if (new Date(content.validity.notAfter) <= new Date(content.validity.notBefore)) {
    problems.push({ at: '/content/validity', message: 'it ends before it begins' })
  } else if (new Date(content.validity.notAfter) <= known.now) {
    problems.push({ at: '/content/validity', message: 'it lies in the past' })
  }
  if (!mayUseDomain(content, known.standing, known.now)) problems.push(domainProblem)
  if (content.previous !== undefined) problems.push(...previousProblems(content, known))
  return problems
}

function previousProblems(
  content: AgreementContent,
  { previous, now }: { readonly previous: Agreement | undefined; readonly now: Date },
): Problem[] {
  const at = '/content/previous'
  if (previous === undefined) return [{ at, message: 'you are no party to such an agreement' }]
  const problems: Problem[] = []
  if (stateOf(previous, now) === 'ended' || previous.supersededAt !== undefined) {
    problems.push({ at, message: 'it ended or has a later version; name the latest, or none' })
  }
  if (previous.content.purpose !== content.purpose || previous.content.domain !== content.domain) {
    problems.push({ at, message: 'a later version keeps purpose and domain' })
  }
  return problems
}
