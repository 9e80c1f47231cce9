/** Prints a set of people who are hard to tell apart, with the truth, for `npm run bench:linkage`. */
import { Command } from 'commander'
import { alikePeople } from './alike-people/people.ts'

const program = new Command('alike-people')
  .description(
    '10,000 rows of invented people with few names, a tenth of them twice with one slip.',
  )
  .option('--seed <number>', 'another number, other people', '1')
  .parse()

const { seed } = program.opts<{ seed: string }>()
const lines = alikePeople(Number(seed)).map(({ entityId, raw }) =>
  [entityId, raw.givenNames, raw.familyName, raw.birthDate].join(','),
)
process.stdout.write(`${['entityId,givenNames,familyName,birthDate', ...lines].join('\n')}\n`)
