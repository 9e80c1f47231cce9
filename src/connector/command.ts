import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { HomeError, homeFolder, readHome } from '../client/agency-home.ts'
import { agencyOption } from '../client/commands/home-option.ts'
import { note, print, printJson } from '../client/commands/output.ts'
import { type OfficerRole, officerRoles } from '../client/local-api.ts'
import { systemClock } from '../kernel/clock.ts'
import { systemRandomness } from '../kernel/random.ts'
import { addOfficer, readOfficers, removeOfficer } from './officers.ts'

type ServeOptions = {
  readonly agency?: string
  readonly listen: string
  readonly origin?: string
  readonly certificate?: string
  readonly key?: string
  readonly printHash?: boolean
}

const readAddress = (listen: string): { readonly host: string; readonly port: number } => {
  const [, host = '', port = ''] = /^(?:\[?([^\]]+?)\]?:)(\d{1,5})$/.exec(listen) ?? []
  if (host === '' || Number(port) > 65_535) {
    throw new HomeError('--listen takes an address and a port, such as 127.0.0.1:8450')
  }
  return { host, port: Number(port) }
}

const readRole = (text: string): OfficerRole => {
  const role = officerRoles.find((one) => one === text)
  if (role === undefined) throw new HomeError(`--role takes one of ${officerRoles.join(', ')}`)
  return role
}

async function tlsOf({ certificate, key }: ServeOptions) {
  if (certificate === undefined && key === undefined) return {}
  if (certificate === undefined || key === undefined) {
    throw new HomeError('--certificate and --key go together')
  }
  const [one, other] = await Promise.all([readFile(certificate, 'utf8'), readFile(key, 'utf8')])
  return { tls: { certificate: one, key: other } }
}

async function serve(options: ServeOptions): Promise<void> {
  // Loaded here: no other command needs a web server.
  const { makeBundle } = await import('./bundle.ts')
  const bundle = await makeBundle()
  if (options.printHash) return print(bundle.hash)
  if (options.agency === undefined) throw new HomeError('say which agency with --agency')
  const { openConnector } = await import('./connector.ts')
  const folder = homeFolder(options.agency)
  const { origin } = options
  const connector = await openConnector({
    folder,
    ...readAddress(options.listen),
    ...(origin === undefined ? {} : { origin: new URL(origin).origin }),
    ...(await tlsOf(options)),
    clock: systemClock,
    random: systemRandomness,
    bundle,
  })
  const address = await connector.listen()
  print(`The page of ${folder} is at ${address}`)
  print(`Hash of the page: ${bundle.hash}`)
  print('Compare it with docs/reporter-page.md. Stop with Ctrl-C.')
  if ((await readOfficers(folder)).length === 0) {
    note(`Nobody may sign in yet: officer add NAME --role reporter --agency ${options.agency}`)
  }
  const { default: closeWithGrace } = await import('close-with-grace')
  closeWithGrace({ delay: 5_000, logger: false }, connector.close)
}

/** Commands of the connector, and of the people who may use it. */
export function addConnectorCommands(program: Command): void {
  program
    .command('connector')
    .description('serve the page on which reporters enter signals, from this machine')
    .option(...agencyOption)
    .option('--listen <address>', 'where', '127.0.0.1:8450')
    .option('--origin <url>', 'under which address the page is opened, when it is another')
    .option('--certificate <file>', 'for a network: the certificate, PEM')
    .option('--key <file>', 'for a network: the certificate’s key, PEM')
    .option('--print-hash', 'print the hash of the page and serve nothing')
    .action(serve)

  const officer = program.command('officer').description('who may use the connector of the agency')

  officer
    .command('add <name>')
    .description('let a person in: prints the access code, once')
    .requiredOption(...agencyOption)
    .option('--role <role>', `one of ${officerRoles.join(', ')}`, 'reporter')
    .action(async (name: string, options: { agency: string; role: string }) => {
      const folder = homeFolder(options.agency)
      await readHome(folder)
      const role = readRole(options.role)
      const code = await addOfficer(folder, { name, role }, systemRandomness)
      print(`Access code of ${name}: ${code}`)
      note('It is shown this once. Give it to that person only; a password manager keeps it well.')
    })

  officer
    .command('list')
    .description('who may use it')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async (options: { agency: string; json?: boolean }) => {
      const all = (await readOfficers(homeFolder(options.agency))).map(
        ({ name, role, officer: opaque }) => ({ name, role, officer: opaque }),
      )
      if (options.json) return printJson(all)
      if (all.length === 0) note('Nobody yet: officer add NAME')
      for (const one of all) print(`${one.role.padEnd(8)}  ${one.name}  (${one.officer})`)
    })

  officer
    .command('remove <name>')
    .description('end a person’s access')
    .requiredOption(...agencyOption)
    .action(async (name: string, options: { agency: string }) => {
      await removeOfficer(homeFolder(options.agency), name)
      print(`${name} has no access any more.`)
    })
}
