import type { Evaluation } from '../oprf/types.ts'

declare const pending: (...args: readonly unknown[]) => never
export type Workers = {
  readonly evaluate: (work: {
    readonly share: Uint8Array
    readonly points: Uint8Array
  }) => Promise<Evaluation>
  readonly close: () => Promise<void>
}
export const openWorkers = (options: { readonly threads: number }): Workers => pending(options)
