import type { Command } from 'commander'
import { shifted, systemClock } from '../../kernel/clock.ts'
import { HomeError, readAgreement } from '../agency-home.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print } from './output.ts'

export function addDelegationCommands(program: Command): void {
  const delegation = program
    .command('delegation')
    .description('one agency acts for another under an agreement')

  delegation
    .command('give <file>')
    .description('let another agency act for yours under this agreement')
    .requiredOption('--to <agency>', 'short name of the agency that will act')
    .option('--days <number>', 'how long', '90')
    .requiredOption(...agencyOption)
    .action(async (file: string, options: { to: string; days: string; agency: string }) => {
      const days = Number(options.days)
      if (!Number.isInteger(days) || days < 1) throw new HomeError('--days takes a whole number')
      const { partner } = await openHome(options.agency)
      const { content, hash } = await readAgreement(file)
      const from = systemClock.now()
      const until = shifted(from, days * 86_400).toISOString()
      const { notAfter } = content.validity
      const number = await partner.delegate({
        actingAgency: options.to,
        agreement: hash,
        notBefore: from.toISOString(),
        notAfter: until < notAfter ? until : notAfter,
      })
      print(`${options.to} may act for ${partner.agency}. Delegation ${number}`)
      note('Give the file of the agreement to that agency; it needs it to act.')
    })

  delegation
    .command('end <number>')
    .description('take a delegation back, for good')
    .requiredOption(...agencyOption)
    .action(async (number: string, options: { agency: string }) => {
      const { partner } = await openHome(options.agency)
      await partner.endDelegation(number)
      print('Taken back at both operators.')
    })

  delegation
    .command('list')
    .description('delegations that the agency gave or was given')
    .requiredOption(...agencyOption)
    .action(async (options: { agency: string }) => {
      const { partner } = await openHome(options.agency)
      const all = await partner.delegations()
      if (all.length === 0) note('None.')
      for (const { number, agency, actingAgency, notAfter, state } of all) {
        print(`${state.padEnd(7)} ${actingAgency} for ${agency} until ${notAfter}  ${number}`)
      }
    })
}
