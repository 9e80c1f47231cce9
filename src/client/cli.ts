#!/usr/bin/env node
import { Command } from 'commander'
import { addAdministrationCommands } from './commands/administration.ts'
import { addAgreementCommands } from './commands/agreements.ts'
import { addDecisionCommands } from './commands/decisions.ts'
import { linesOf, note } from './commands/output.ts'
import { addSignalCommands } from './commands/signals.ts'

const program = new Command('raakvlak')
  .description(
    'Find out that your cases touch those of other agencies, without showing who they are about.',
  )
  .showHelpAfterError()

addAdministrationCommands(program)
addAgreementCommands(program)
addSignalCommands(program)
addDecisionCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  note(linesOf(error).join('\n  '))
  process.exitCode = 1
}
