/**
 * Runs pieces of work in groups: while one group is under way, the next one gathers. Under load many
 * submissions so share one transaction and one wait for the disk; alone, a piece does not wait.
 * A group that throws is run again piece by piece, so that nobody fails for another's sake.
 */
export function inGroups<Work, Result>({
  run,
  sizeOf,
  most,
}: {
  /** Does all pieces or none; one result per piece, in order. */
  readonly run: (pieces: readonly Work[]) => Promise<readonly Result[]>
  readonly sizeOf: (piece: Work) => number
  /** Largest size of a group; a piece larger than that goes alone. */
  readonly most: number
}): (piece: Work) => Promise<Result> {
  type Waiting = {
    readonly piece: Work
    readonly resolve: (result: Result) => void
    readonly reject: (error: unknown) => void
  }
  const queue: Waiting[] = []
  let busy = false

  function nextGroup(): Waiting[] {
    const group: Waiting[] = []
    let size = 0
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      size += sizeOf(next.piece)
      if (group.length > 0 && size > most) break
      group.push(next)
      queue.shift()
    }
    return group
  }

  async function runGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await run(group.map(({ piece }) => piece))
      group.forEach(({ resolve, reject }, at) => {
        const result = results[at]
        if (result === undefined) reject(new Error('a piece of work has no result'))
        else resolve(result)
      })
    } catch (error) {
      const [only] = group
      if (group.length === 1) only?.reject(error)
      else for (const one of group) await runGroup([one])
    }
  }

  async function work(): Promise<void> {
    busy = true
    while (queue.length > 0) await runGroup(nextGroup())
    busy = false
  }

  return (piece) =>
    new Promise<Result>((resolve, reject) => {
      queue.push({ piece, resolve, reject })
      if (!busy) void work()
    })
}
