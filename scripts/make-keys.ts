import { Command } from 'commander'
import { messageOf } from '../src/files/file-fault.ts'
import { systemRandomness } from '../src/kernel/random.ts'
import { makeKeyFile } from '../src/operator-keys.ts'

/** Makes the key file of an operator. It never replaces one that exists. */
await new Command('keys:make')
  .description('make the key file of an operator; keep it apart from the database and its backups')
  .argument('<operator>', 'gateway or keyholder')
  .argument('<file>', 'where to write it')
  .action(async (operator: string, file: string) => {
    if (operator !== 'gateway' && operator !== 'keyholder')
      throw new Error('say gateway or keyholder')
    await makeKeyFile(file, operator, systemRandomness)
    process.stdout.write(`Wrote ${file}. Back it up now, apart from the database.\n`)
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  })
