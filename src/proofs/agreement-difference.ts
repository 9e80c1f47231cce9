import type { AgreementContent, AgreementParty } from '../wire/agreement.ts'

/** Members that differ between any two versions and say nothing about their terms. */
const namesOnly = new Set(['id', 'createdAt', 'previous', 'parties'])

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wordOf = (value: unknown): string => {
  if (value === undefined) return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : JSON.stringify(value)
}

function listDifferences(at: string, old: readonly unknown[], fresh: readonly unknown[]): string[] {
  const [before, after] = [new Set(old.map(wordOf)), new Set(fresh.map(wordOf))]
  const gone = [...before].filter((one) => !after.has(one))
  const come = [...after].filter((one) => !before.has(one))
  return [
    ...(gone.length > 0 ? [`${at}: no longer ${gone.join(', ')}`] : []),
    ...(come.length > 0 ? [`${at}: now also ${come.join(', ')}`] : []),
  ]
}

function memberDifferences(at: string, old: unknown, fresh: unknown): string[] {
  if (Array.isArray(old) && Array.isArray(fresh)) return listDifferences(at, old, fresh)
  if (isRecord(old) && isRecord(fresh)) {
    return memberNames(old, fresh).flatMap((name) =>
      memberDifferences(`${at}, ${name}`, old[name], fresh[name]),
    )
  }
  const [before, after] = [wordOf(old), wordOf(fresh)]
  return before === after ? [] : [`${at}: ${before} becomes ${after}`]
}

const memberNames = (old: object, fresh: object): string[] =>
  [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort()

function partyDifferences(
  old: readonly AgreementParty[],
  fresh: readonly AgreementParty[],
): string[] {
  const before = new Map(old.map((party) => [party.agency, party]))
  const after = new Map(fresh.map((party) => [party.agency, party]))
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  return names.flatMap((agency) => {
    const [was, is] = [before.get(agency), after.get(agency)]
    if (is === undefined) return [`${agency} is no longer a party`]
    if (was === undefined) return [`${agency} becomes a party: ${is.roles.join(', ')}`]
    return memberNames(was, is).flatMap((name) =>
      memberDifferences(
        `${agency}, ${name}`,
        was[name as keyof AgreementParty],
        is[name as keyof AgreementParty],
      ),
    )
  })
}

/**
 * What differs between two versions of an agreement, one sentence each: members by name, then
 * parties. Empty when the terms are the same. Does not tell what a difference means in law.
 */
export const differencesOf = (old: AgreementContent, fresh: AgreementContent): string[] => [
  ...memberNames(old, fresh)
    .filter((name) => !namesOnly.has(name))
    .flatMap((name) =>
      memberDifferences(
        name,
        old[name as keyof AgreementContent],
        fresh[name as keyof AgreementContent],
      ),
    ),
  ...partyDifferences(old.parties, fresh.parties),
]
