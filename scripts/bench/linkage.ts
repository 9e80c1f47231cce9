import { basename } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { benchLinkage, type LinkageBench, textOf } from './linkage/report.ts'

/** Progress on a terminal only; a file or a pipe gets the result and nothing else. */
const openBar = () => {
  const bar = new SingleBar({
    format: '  {stage} [{bar}] {percentage} %',
    hideCursor: true,
    stream: process.stderr,
  })
  let started = false
  return {
    show(stage: string, share: number): void {
      if (process.stderr.isTTY !== true) return
      if (!started) bar.start(1, 0, { stage })
      started = true
      bar.update(share, { stage })
    },
    close: () => bar.stop(),
  }
}

const program = new Command('bench:linkage')
  .description(
    'How well linkage keys find the same person, against the truth and against Bloom filters.',
  )
  .argument('<a>', 'CSV: the identity columns of the demonstration, and entityId as the truth')
  .argument('[b]', 'a second CSV: pairs across the two; without it, pairs inside the first')
  .option('--json', 'print one JSON document and nothing else')
  .parse()

const [a = '', b] = program.args
const { json = false } = program.opts<{ json?: boolean }>()
const bar = openBar()
try {
  const result: LinkageBench = await benchLinkage(a, b, bar.show)
  bar.close()
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : textOf(result))
} catch (error) {
  bar.close()
  process.stderr.write(
    `${basename(a)}: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exitCode = 1
}
