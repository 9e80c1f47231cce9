import type { Command } from 'commander'
import { batchCasesOf } from '../agency-home.ts'
import { caseCommitmentOf } from '../case-commitment.ts'
import { agencyOption, openHome } from './home-option.ts'
import { print, printJson } from './output.ts'

/** What an agency shows when it is asked to account for what it had evaluated. */
export function addAccountingCommands(program: Command): void {
  program
    .command('batch-cases <number>')
    .description(
      'for which cases a batch was evaluated, with proof; its number is the field `batch` of an entry evaluation.evaluate on either ledger',
    )
    .requiredOption(...agencyOption)
    .option('--json', 'as JSON')
    .action(async (number: string, options: { agency: string; json?: boolean }) => {
      const { folder, keys } = await openHome(options.agency)
      const cases = await batchCasesOf(folder, number)
      const { salt, commitment } = caseCommitmentOf(keys.signing, cases)
      if (options.json) return printJson({ ...cases, salt, commitment })
      for (const caseReference of cases.caseReferences) print(caseReference)
      print(`Salt ${salt}`)
      print(`Commitment ${commitment}, as \`caseCommitment\` on both ledgers, entry of this batch`)
    })
}
