import { open, rename, rm, stat } from 'node:fs/promises'
import { HomeError } from '../agency-home.ts'

/**
 * Saves what comes in, for its owner only (0600), whole or not at all; an existing file is not touched.
 * @throws HomeError when the file is there, or what came does not end as it should
 */
export async function saveDownload(
  path: string,
  content: AsyncIterable<Uint8Array>,
  {
    ending,
    check = async () => {},
  }: {
    readonly ending?: string
    /** Looks at the whole before it gets its name; throws when it is not to be kept. */
    readonly check?: (draft: string) => Promise<void>
  } = {},
): Promise<number> {
  if (await stat(path).catch(() => undefined)) throw new HomeError(`${path} is there already`)
  const draft = `${path}.part`
  const file = await open(draft, 'w', 0o600)
  let size = 0
  let tail: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of content) {
      await file.writeFile(chunk)
      size += chunk.length
      tail = Buffer.concat([tail, chunk]).subarray(-200)
    }
    if (ending !== undefined && !tail.toString('utf8').endsWith(ending))
      throw new HomeError('what came in broke off; nothing is kept')
    await file.sync()
    await check(draft)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(draft, path)
  return size
}
