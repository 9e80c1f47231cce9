import { readFile, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import {
  type CeremonyProof,
  checkCeremony,
  holdCeremony,
  signCeremony,
  signersOf,
} from '../src/client/ceremonies.ts'
import {
  administratorOption,
  openAdministrator,
} from '../src/client/commands/administrator-option.ts'
import type { PinnedOperators } from '../src/client/operators.ts'
import { messageOf } from '../src/files/file-fault.ts'
import { systemClock } from '../src/kernel/clock.ts'
import { randomUuid, systemRandomness } from '../src/kernel/random.ts'
import type { PerOperator } from '../src/oprf/types.ts'
import { thumbprintOf } from '../src/proofs/statement.ts'
import { type CeremonyAct, CeremonyPayload, ceremonyActs } from '../src/wire/ceremony.ts'
import { Receipt, Statement, Thumbprint } from '../src/wire/common.ts'

/** A ceremony on its way between people: what is to be done, who signed it, and what came of it. */
type CeremonyFile = {
  readonly operators: PinnedOperators
  readonly ceremony: CeremonyPayload
  readonly statements: readonly string[]
  readonly proofs?: PerOperator<CeremonyProof>
}

const Pinned = Type.Object({ url: Type.String(), rootThumbprint: Thumbprint })
const Proof = Type.Object({ keys: Statement, receipts: Type.Array(Receipt) })
const fileForm = Compile(
  Type.Object({
    operators: Type.Object({ gateway: Pinned, keyholder: Pinned }),
    ceremony: CeremonyPayload,
    statements: Type.Array(Statement),
    proofs: Type.Optional(Type.Object({ gateway: Proof, keyholder: Proof })),
  }),
)

async function readCeremony(file: string): Promise<CeremonyFile> {
  const content: unknown = JSON.parse(await readFile(file, 'utf8'))
  if (fileForm.Check(content)) return content
  throw new Error(`${file} is not a ceremony, as "draft" writes it`)
}

const write = (file: string, content: CeremonyFile, flag: 'w' | 'wx' = 'w'): Promise<void> =>
  writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { flag })

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const told = ({ act, domain, epoch, closesAt, number }: CeremonyPayload): string =>
  `${act}: the share of domain ${domain}, epoch ${epoch}${
    closesAt === undefined ? '' : `; the epoch before closes at ${closesAt}`
  } (ceremony ${number})`

type Drafted = {
  readonly domain: string
  readonly epoch: string
  readonly closesAt?: string
  readonly gateway: string
  readonly gatewayThumbprint: string
  readonly keyholder: string
  readonly keyholderThumbprint: string
  readonly out: string
}

async function draft(act: string, options: Drafted): Promise<void> {
  const known = ceremonyActs.find((one): one is CeremonyAct => one === act)
  if (known === undefined) throw new Error(`say one of ${ceremonyActs.join(', ')}`)
  const operators = {
    gateway: { url: options.gateway, rootThumbprint: options.gatewayThumbprint },
    keyholder: { url: options.keyholder, rootThumbprint: options.keyholderThumbprint },
  }
  const content = {
    operators,
    ceremony: {
      audience: {
        gateway: options.gatewayThumbprint,
        keyholder: options.keyholderThumbprint,
      },
      number: randomUuid(systemRandomness),
      act: known,
      domain: options.domain,
      epoch: Number(options.epoch),
      ...(options.closesAt === undefined ? {} : { closesAt: options.closesAt }),
      issuedAt: systemClock.now().toISOString(),
    },
    statements: [],
  }
  if (!fileForm.Check(content)) throw new Error('a domain, an epoch or a thumbprint is none')
  await write(options.out, content, 'wx')
  say(
    `${told(content.ceremony)}\nWrote ${options.out}. Next: two administrators of each operator sign it.`,
  )
}

async function sign(file: string, options: { readonly administrator: string }): Promise<void> {
  const content = await readCeremony(file)
  const { key } = await openAdministrator(options.administrator)
  const signers = await signersOf(content.ceremony, content.statements)
  const own = await thumbprintOf(key)
  if (signers.includes(own))
    throw new Error('you have signed this ceremony; it takes another person')
  const statements = [...content.statements, await signCeremony(content.ceremony, key)]
  await write(file, { ...content, statements })
  say(`You signed ${told(content.ceremony)}. Signatures: ${statements.length}.`)
}

async function hold(file: string): Promise<void> {
  const content = await readCeremony(file)
  const proofs = await holdCeremony(content.operators, content.statements)
  await write(file, { ...content, proofs })
  say(`Held at both operators: ${told(content.ceremony)}. The receipts are in ${file}.`)
  await check(file)
}

async function check(file: string): Promise<void> {
  const { operators, ceremony, proofs } = await readCeremony(file)
  if (proofs === undefined)
    throw new Error('it was not held yet: there are no receipts in the file')
  const at = await checkCeremony(operators, ceremony, proofs)
  say(`Stands on both ledgers: ${told(ceremony)}.`)
  say(`Gateway ${at.gateway}, keyholder ${at.keyholder}.`)
}

const program = new Command('keys:ceremony').description(
  'What people do with key shares: two administrators of each operator sign, both ledgers show it.',
)
program
  .command('draft <act>')
  .description(`write down what is to be done: ${ceremonyActs.join(', ')}`)
  .requiredOption('--domain <domain>', 'pseudonymisation domain')
  .requiredOption('--epoch <number>', 'the epoch whose share it is')
  .option('--closes-at <instant>', 'to open an epoch: when the one before closes')
  .requiredOption('--gateway <url>', 'address of the gateway')
  .requiredOption('--gateway-thumbprint <thumbprint>', 'its root thumbprint, told out of band')
  .requiredOption('--keyholder <url>', 'address of the keyholder')
  .requiredOption('--keyholder-thumbprint <thumbprint>', 'its root thumbprint, told out of band')
  .requiredOption('--out <file>', 'where to write it; pass the file on to those who sign')
  .action(draft)
program
  .command('sign <file>')
  .description('sign a ceremony, as an administrator')
  .option(...administratorOption)
  .action(sign)
program
  .command('hold <file>')
  .description('have both operators do it; run it again when it was interrupted')
  .action(hold)
program
  .command('check <file>')
  .description('make sure, offline, that both ledgers show it')
  .action(check)

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
})
