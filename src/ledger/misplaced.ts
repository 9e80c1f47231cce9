import { equalBytes, hex } from '../kernel/bytes.ts'
import type { Frontier } from '../proofs/merkle.ts'
import type { LedgerProblem, ReadExport } from './export-reader.ts'
import type { HashColumn } from './hash-column.ts'

/** A tree recomputed from leaf hashes: where it began, the frontier and every node that came after. */
export type Tree = {
  readonly beginning: Frontier
  readonly frontier: Frontier
  readonly levels: readonly HashColumn[]
}

export const range = (from: number, to: number): string =>
  from === to ? `entry ${from}` : `entries ${from} to ${to}`

/** Entries whose leaf is not the one in the tree: changed, swapped, copied or moved. */
export function findMisplaced({ leaves }: ReadExport, tree: Tree): LedgerProblem[] {
  const { size } = tree.frontier
  const inTree = (index: number) => tree.levels[0]?.get(index)
  const fits = (index: number): boolean => {
    const leaf = leaves.get(index)
    const expected = inTree(index)
    return leaf !== undefined && expected !== undefined && equalBytes(leaf, expected)
  }
  const wrong = [...leaves.indexes()].filter((index) => !fits(index))
  if (wrong.length === 0) return []
  const homes = new Map<string, number>()
  for (let index = tree.beginning.size; index < size; index += 1) {
    homes.set(hex(inTree(index) ?? new Uint8Array(0)), index)
  }
  const homeOf = (index: number) => homes.get(hex(leaves.get(index) ?? new Uint8Array(0)))

  const problems: LedgerProblem[] = []
  let run: { from: number; to: number; by: number } | undefined
  const endRun = () => {
    if (run === undefined) return
    const { from, to, by } = run
    const why = by > 0 ? 'something was put in before' : 'something was taken out before'
    const problem = `moved by ${by > 0 ? '+' : ''}${by}: ${range(from, to)}; ${why}`
    problems.push({ index: from, problem })
    run = undefined
  }
  for (const index of wrong) {
    const home = homeOf(index)
    const by = home === undefined ? 0 : index - home
    if (run !== undefined && (run.by !== by || run.to + 1 !== index)) endRun()
    if (home === undefined) {
      const problem =
        index < size
          ? 'the commitment was changed: it is not the one in the tree'
          : 'an entry stands beyond the head'
      problems.push({ index, problem })
    } else if (fits(home)) {
      problems.push({ index, problem: `this is a copy of entry ${home}` })
    } else if (homeOf(home) === index) {
      if (index < home) problems.push({ index, problem: `swapped with entry ${home}` })
    } else if (run === undefined) {
      run = { from: index, to: index, by }
    } else {
      run.to = index
    }
  }
  endRun()
  return problems
}
