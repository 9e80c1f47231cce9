import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Command, Option } from 'commander'
import { type Account, codeAt, makeAccount } from '../src/console/accounts.ts'
import { officerRoles } from '../src/console/types.ts'
import { base64url } from '../src/kernel/bytes.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { systemRandomness } from '../src/kernel/random.ts'

/** Accounts of the sign-in service of development, in its file. */
const usualFile = 'var/gateway/accounts.json'

const read = async (file: string): Promise<Account[]> =>
  JSON.parse(await readFile(file, 'utf8').catch(() => '[]'))

async function add(
  account: string,
  {
    file,
    agency,
    role,
    name,
  }: Record<'file' | 'agency' | 'name', string> & { role: Account['roles'] },
): Promise<void> {
  const others = (await read(file)).filter((one) => one.account !== account)
  const officer = base64url(systemRandomness.bytes(12))
  const made = makeAccount(
    { account, agency, officer, name: name ?? account, roles: role },
    systemRandomness,
  )
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify([...others, made.account], null, 2)}\n`, { mode: 0o600 })
  console.log(`account   ${account} (${role.join(', ')} of ${agency})`)
  console.log(`password  ${made.password}`)
  console.log(`secret    ${made.account.totp}`)
  console.log(`code      npm run console:account -- code ${account}`)
}

async function tellCode(account: string, { file }: { file: string }): Promise<void> {
  const found = (await read(file)).find((one) => one.account === account)
  if (found === undefined) {
    console.error(`${file} has no such account: add it, or say which file with --file`)
    process.exitCode = 1
    return
  }
  console.log(codeAt(found.totp, systemClock.now()))
}

const file = new Option('--file <file>', 'the file that the setting accountsFile names').default(
  usualFile,
)
const program = new Command('console:account').description(
  'Accounts with which officers sign in at the console of a development gateway.',
)
program
  .command('add <account>')
  .description('adds an account, or gives it a new password and secret')
  .requiredOption('--agency <id>', 'the agency that the officer works for')
  .addOption(
    new Option('--role <role...>', 'what the officer is there')
      .choices([...officerRoles])
      .makeOptionMandatory(),
  )
  .option('--name <name>', 'as the officer is greeted; the account by default')
  .addOption(file)
  .action(add)
program
  .command('code <account>')
  .description('tells the code of this half minute, as an authenticator would')
  .addOption(file)
  .action(tellCode)

await program.parseAsync()
