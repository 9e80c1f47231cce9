import type { App, Screen } from './app.ts'
import type { Draft } from './draft.ts'
import type { Child } from './elements.ts'

/** A question of the entry. */
export type StepName = 'kind' | 'role' | 'category' | 'indicators' | 'where' | 'subject' | 'text'

/** What a step asks, and how its answer goes into the draft. */
export type Step = {
  readonly title: string
  readonly fields: Child
  readonly save: () => void
  /** Shows what is wrong, and tells where first; nothing when all is right. */
  readonly check: () => (() => void) | undefined
}

/** The entry of one signal: who holds the draft, and how to get away. */
export type Entry = {
  readonly app: App
  readonly draft: () => Draft | undefined
  readonly forget: () => void
  /** The questions for this draft, in order. */
  readonly steps: (draft: Draft) => readonly StepName[]
  readonly stepScreen: (name: StepName, returnsToCheck?: boolean) => Screen
  readonly checkScreen: Screen
  readonly toSignals: () => void
}
