/** Run by tap after the last test file: stops the test server of this run, if any file needed it, and waits for it. */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { stateFile, stateFolder, type TestServer } from './postgres-server.ts'

const owner = process.ppid
if (existsSync(stateFile(owner))) {
  const { keeper }: TestServer = JSON.parse(readFileSync(stateFile(owner), 'utf8'))
  process.kill(keeper, 'SIGTERM')
  for (let waited = 0; existsSync(stateFolder(owner)) && waited < 30_000; waited += 50)
    await pause(50)
}
