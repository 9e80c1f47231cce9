import { inTime } from './health.ts'

/** How a part of an operator stands: well, to be looked at, or not working. */
export const lights = ['green', 'yellow', 'red'] as const
export type Light = (typeof lights)[number]

/** What a look at one part found. */
export type Standing = {
  readonly light: Light
  /** When it last did its work, or was last seen to. */
  readonly lastAt?: Date
  /** When it does so next; absent where every look asks anew. */
  readonly nextAt?: Date
}

export type PartStanding<Part extends string> = Standing & {
  readonly part: Part
  /** It did not say how it stands, or not in time. */
  readonly silent: boolean
}

/** The light for something that has waited so many seconds. */
export const lightAfter = (
  seconds: number,
  { yellow, red }: { readonly yellow: number; readonly red: number },
): Light => {
  if (seconds > red) return 'red'
  return seconds > yellow ? 'yellow' : 'green'
}

export const worstOf = (found: readonly Light[]): Light =>
  [...lights].reverse().find((light) => found.includes(light)) ?? 'green'

/** Looks at every part at once. One that throws, or takes too long, is red; it holds no other up. */
export function lookAt<Part extends string>(
  checks: readonly (readonly [part: Part, check: () => Promise<Standing>])[],
  timeoutMilliseconds = 2000,
): Promise<PartStanding<Part>[]> {
  return Promise.all(
    checks.map(async ([part, check]): Promise<PartStanding<Part>> => {
      try {
        return { part, silent: false, ...(await inTime(check, timeoutMilliseconds)) }
      } catch {
        return { part, silent: true, light: 'red' }
      }
    }),
  )
}
