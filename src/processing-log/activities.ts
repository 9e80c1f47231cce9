import { Compile } from 'typebox/compile'
import { ActivityRegister, type ProcessingActivity } from '../wire/processing-log.ts'

export type Activities = ReturnType<typeof openActivities>

/** What an activity is, apart from its version. */
export type ActivityRef = { readonly code: string; readonly confidential: boolean }

/** A register that cannot be used; the process must not start. */
export class ActivityRegisterError extends Error {
  constructor(faults: readonly string[]) {
    super(`the register of processing activities cannot be used:\n  ${faults.join('\n  ')}`)
    this.name = 'ActivityRegisterError'
  }
}

/** Acts that no activity names belong here. */
const rest = 'accounting'
const confidentialMark = '-confidential'
export const activitiesPath = '/v1/processing-activities'

const validator = Compile(ActivityRegister)

function readRegister(text: string): ActivityRegister {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new ActivityRegisterError(['it is not JSON'])
  }
  if (validator.Check(content)) return content
  throw new ActivityRegisterError(
    validator
      .Errors(content)
      .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`),
  )
}

const twice = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, at) => names.indexOf(name) !== at)),
]

function faultsOf({ activities }: ActivityRegister): string[] {
  return [
    ...twice(activities.map(({ code }) => code)).map((code) => `${code} is there twice`),
    ...twice(activities.flatMap(({ kinds }) => kinds)).map(
      (kind) => `${kind} is in two activities`,
    ),
    ...activities
      .filter(({ code }) => code.endsWith(confidentialMark))
      .map(({ code }) => `${code} looks like the confidential variant of another`),
    ...activities
      .filter(({ versions }) =>
        versions.some(
          ({ version, since }, at) =>
            version !== at + 1 || (at > 0 && since <= (versions[at - 1]?.since ?? '')),
        ),
      )
      .map(({ code }) => `the versions of ${code} are not numbered from 1 in the order of time`),
    ...(activities.some(({ code }) => code === rest) ? [] : [`${rest} is missing`]),
  ]
}

/**
 * The register of processing activities of one operator. A version, once published, stays: records name the one that held
 * at their time. Each activity has a confidential variant beside it, which the records of an agency get under an agreement
 * where it rests its part on one of `confidentialBases`: whether something is shown hangs on the activity and never on the
 * record.
 * @throws ActivityRegisterError
 */
export function openActivities(text: string, publicUrl: string) {
  const register = readRegister(text)
  const faults = faultsOf(register)
  if (faults.length > 0) throw new ActivityRegisterError(faults)
  const { activities, confidentialBases } = register
  const named = new Map(activities.flatMap(({ code, kinds }) => kinds.map((kind) => [kind, code])))
  const byCode = new Map(activities.map((activity) => [activity.code, activity]))
  const base = `${new URL(publicUrl).origin}${activitiesPath}`

  const uriOf = ({ code, confidential }: ActivityRef, version: number): string =>
    `${base}/${code}${confidential ? confidentialMark : ''}/${version}`

  /** The version that held then; the first one before there was any. */
  function versionAt(code: string, at: Date): number {
    const { versions = [] } = byCode.get(code) ?? {}
    return versions.findLast(({ since }) => new Date(since) <= at)?.version ?? 1
  }

  const published: readonly ProcessingActivity[] = activities.flatMap(({ code, kinds, versions }) =>
    [false, true].flatMap((confidential) =>
      versions.map(({ version, since, en, nl, articles }) => ({
        id: uriOf({ code, confidential }, version),
        version,
        validFrom: since,
        confidential,
        kinds,
        en,
        nl,
        articles,
      })),
    ),
  )

  return {
    confidentialBases,
    /** Kinds that an activity names: those that are also shown to the agency for which an act was done. */
    namedKinds: [...named.keys()],
    published,

    uriAt: (kind: string, confidential: boolean, at: Date): string => {
      const code = named.get(kind) ?? rest
      return uriOf({ code, confidential }, versionAt(code, at))
    },

    /** What records of this activity have in common; undefined for what is not in the register. */
    find(uri: string) {
      const found = published.find(({ id }) => id === uri)
      if (found === undefined) return undefined
      const { kinds, confidential, validFrom, version } = found
      const next = published.find(
        (other) =>
          other.id.slice(0, other.id.lastIndexOf('/')) === uri.slice(0, uri.lastIndexOf('/')) &&
          other.version === version + 1,
      )
      return {
        /** Undefined: all that no activity names. */
        kinds: kinds.length === 0 ? undefined : kinds,
        confidential,
        from: version === 1 ? undefined : validFrom,
        until: next?.validFrom,
      }
    },
  }
}
