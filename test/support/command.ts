import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

/** Runs a program of this repository in `folder`, as a person does: what it said, and how it ended. */
export async function run(folder: string, program: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, root)), ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await ended, out, error }
}
