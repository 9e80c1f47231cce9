/**
 * Prints what somebody who sees the index of tokens could count: per kind of key, how many subjects have one,
 * how many share it with nobody, and how many share the most common ones.
 */
import { Command } from 'commander'
import { frequenciesOf, textOf } from './frequencies/count.ts'
import { readSet } from './linkage/people.ts'
import { subjectsOf } from './linkage/scored-pairs.ts'

const program = new Command('bench:frequencies')
  .description('How many subjects share the most common tokens, per kind of key.')
  .argument('<files...>', 'CSV as for bench:linkage; all of them are one index')
  .option('--json', 'print one JSON document and nothing else')
  .parse()

const { json = false } = program.opts<{ json?: boolean }>()
const subjects = program.args.flatMap((file) => subjectsOf(readSet(file).rows))
const found = frequenciesOf(subjects)
process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : textOf(found))
