#!/usr/bin/env node
import { linesOf, note } from './commands/output.ts'
import { openProgram } from './program.ts'

try {
  await openProgram().parseAsync()
} catch (error) {
  note(linesOf(error).join('\n  '))
  process.exitCode = 1
}
