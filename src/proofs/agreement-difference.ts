import type { AgreementContent, AgreementParty } from '../wire/agreement.ts'

/** Members that differ between any two versions and say nothing about their terms. */
const namesOnly = new Set(['id', 'createdAt', 'previous', 'parties'])

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wordOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : JSON.stringify(value)
}

/** One difference between two versions: where, and what was and is there. Members are named as in the content. */
export type Difference =
  | {
      readonly kind: 'member'
      readonly at: readonly string[]
      /** Absent: there was nothing, or there is nothing now. */
      readonly was?: string
      readonly is?: string
    }
  | {
      readonly kind: 'no-longer' | 'now-also'
      readonly at: readonly string[]
      readonly items: readonly string[]
    }
  | { readonly kind: 'party-gone'; readonly agency: string }
  | { readonly kind: 'party-come'; readonly agency: string; readonly roles: readonly string[] }

function listDifferences(
  at: readonly string[],
  old: readonly unknown[],
  fresh: readonly unknown[],
): Difference[] {
  const words = (list: readonly unknown[]) => new Set(list.map((one) => wordOf(one) ?? ''))
  const [before, after] = [words(old), words(fresh)]
  const gone = [...before].filter((one) => !after.has(one))
  const come = [...after].filter((one) => !before.has(one))
  return [
    ...(gone.length > 0 ? [{ kind: 'no-longer', at, items: gone } as const] : []),
    ...(come.length > 0 ? [{ kind: 'now-also', at, items: come } as const] : []),
  ]
}

function memberDifferences(at: readonly string[], old: unknown, fresh: unknown): Difference[] {
  if (Array.isArray(old) && Array.isArray(fresh)) return listDifferences(at, old, fresh)
  if (isRecord(old) && isRecord(fresh)) {
    return memberNames(old, fresh).flatMap((name) =>
      memberDifferences([...at, name], old[name], fresh[name]),
    )
  }
  const [was, is] = [wordOf(old), wordOf(fresh)]
  if (was === is) return []
  return [
    {
      kind: 'member',
      at,
      ...(was === undefined ? {} : { was }),
      ...(is === undefined ? {} : { is }),
    },
  ]
}

const memberNames = (old: object, fresh: object): string[] =>
  [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort()

function partyDifferences(
  old: readonly AgreementParty[],
  fresh: readonly AgreementParty[],
): Difference[] {
  const before = new Map(old.map((party) => [party.agency, party]))
  const after = new Map(fresh.map((party) => [party.agency, party]))
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((agency): Difference[] => {
    const [was, is] = [before.get(agency), after.get(agency)]
    if (is === undefined) return [{ kind: 'party-gone', agency }]
    if (was === undefined) return [{ kind: 'party-come', agency, roles: is.roles }]
    return memberNames(was, is).flatMap((name) =>
      memberDifferences(
        [agency, name],
        was[name as keyof AgreementParty],
        is[name as keyof AgreementParty],
      ),
    )
  })
}

/**
 * What differs between two versions of an agreement: members by name, then parties. Empty when the terms are
 * the same. Does not tell what a difference means in law.
 */
export const differencesBetween = (
  old: AgreementContent,
  fresh: AgreementContent,
): Difference[] => [
  ...memberNames(old, fresh)
    .filter((name) => !namesOnly.has(name))
    .flatMap((name) =>
      memberDifferences(
        [name],
        old[name as keyof AgreementContent],
        fresh[name as keyof AgreementContent],
      ),
    ),
  ...partyDifferences(old.parties, fresh.parties),
]

function sentenceOf(difference: Difference): string {
  if (difference.kind === 'party-gone') return `${difference.agency} is no longer a party`
  if (difference.kind === 'party-come') {
    return `${difference.agency} becomes a party: ${difference.roles.join(', ')}`
  }
  const at = difference.at.join(', ')
  if (difference.kind === 'member') {
    const { was = 'nothing', is = 'nothing' } = difference
    return `${at}: ${was} becomes ${is}`
  }
  const words = difference.kind === 'no-longer' ? 'no longer' : 'now also'
  return `${at}: ${words} ${difference.items.join(', ')}`
}

/** As `differencesBetween`, one sentence each. */
export const differencesOf = (old: AgreementContent, fresh: AgreementContent): string[] =>
  differencesBetween(old, fresh).map(sentenceOf)
