import { readFile, rm, writeFile } from 'node:fs/promises'

const isRunning = (process_: number): boolean => {
  try {
    process.kill(process_, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Holds a file for this process, by a file beside it that names the process; returns how to let go.
 * What a process left behind that is no more is taken over. For processes of one machine only.
 * @throws Error naming the file that says who holds it
 */
export async function holdFile(file: string): Promise<() => Promise<void>> {
  const holder = `${file}.held`
  const take = () => writeFile(holder, String(process.pid), { mode: 0o600, flag: 'wx' })
  try {
    await take()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const other = Number(await readFile(holder, 'utf8').catch(() => ''))
    if (other > 0 && isRunning(other)) {
      throw new Error(
        `process ${other} is submitting under this agreement; wait for it, or delete ${holder} when that is not so`,
      )
    }
    await rm(holder, { force: true })
    await take()
  }
  let held = true
  return async () => {
    if (held) await rm(holder, { force: true })
    held = false
  }
}
