import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { shifted, systemClock } from '../../kernel/clock.ts'
import { systemRandomness } from '../../kernel/random.ts'
import { HomeError, keepAgreement, readAgreement, readPublicAgency } from '../agency-home.ts'
import { draftAgreement } from '../agreement-draft.ts'
import { agencyOption, openHome } from './home-option.ts'
import { note, print, printJson, simulationLines } from './output.ts'

const collect = (value: string, before: string[]): string[] => [...before, value]

export function addAgreementCommands(program: Command): void {
  const agreement = program
    .command('agreement')
    .description('agreements under which signals are shared')

  agreement
    .command('draft <file>')
    .description('write a first draft, to be read, completed and then accepted by every party')
    .requiredOption('--title <text>', 'what people call it')
    .requiredOption('--purpose <slug>', 'the purpose, such as protecting-victims')
    .requiredOption(
      '--party <name-or-file>',
      'a party’s public.json or name; once per party',
      collect,
      [],
    )
    .requiredOption(...agencyOption)
    .option('--days <number>', 'how long it is valid', '365')
    .action(
      async (
        file: string,
        options: { title: string; purpose: string; party: string[]; agency: string; days: string },
      ) => {
        const { settings } = await openHome(options.agency)
        const days = Number(options.days)
        if (!Number.isInteger(days) || days < 1) throw new HomeError('--days takes a whole number')
        const at = systemClock.now()
        const content = draftAgreement({
          title: options.title,
          purpose: options.purpose,
          parties: await Promise.all(options.party.map(readPublicAgency)),
          pins: { gateway: settings.gateway, keyholder: settings.keyholder },
          random: systemRandomness,
          at,
          until: shifted(at, days * 86_400),
        })
        await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { flag: 'wx' })
        print(
          `Wrote ${file}. Complete the legal bases and the DPIA reference; then every party accepts this same file.`,
        )
      },
    )

  agreement
    .command('accept <file>')
    .description('sign an agreement with the agency’s key, at both operators')
    .requiredOption(...agencyOption)
    .action(async (file: string, options: { agency: string }) => {
      const { folder, partner } = await openHome(options.agency)
      const under = await readAgreement(file)
      const { state, awaiting } = await partner.acceptAgreement(under.content)
      await keepAgreement(folder, under)
      print(
        state === 'in-force'
          ? 'In force: every party accepted.'
          : `Accepted; waiting for ${awaiting.join(', ')}.`,
      )
      note(`Agreement ${under.hash}`)
    })

  agreement
    .command('revoke <file>')
    .description('end an agreement for all its parties, at once')
    .requiredOption(...agencyOption)
    .action(async (file: string, options: { agency: string }) => {
      const { partner } = await openHome(options.agency)
      await partner.revokeAgreement((await readAgreement(file)).hash)
      print('Revoked at both operators. Nothing more happens under it.')
    })

  agreement
    .command('list')
    .description('the agreements that the agency is a party to')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON, whole')
    .action(async (options: { agency: string; json?: boolean }) => {
      const { partner } = await openHome(options.agency)
      const agreements = await partner.agreements()
      if (options.json) return printJson(agreements)
      if (agreements.length === 0) note('None yet.')
      for (const { content, state, hash } of agreements) {
        print(`${state.padEnd(9)} ${content.title} (${content.purpose})\n          ${hash}`)
      }
    })

  agreement
    .command('simulate <file>')
    .description('which of the agency’s decisions of the last 90 days a draft would turn')
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON, whole')
    .action(async (file: string, options: { agency: string; json?: boolean }) => {
      const { partner } = await openHome(options.agency)
      const simulation = await partner.simulate((await readAgreement(file)).content)
      if (options.json) return printJson(simulation)
      for (const line of simulationLines(simulation)) print(line)
    })
}
