/** What the system says about a file, by its error code, in words for a person. */
const fileFaults: Readonly<Record<string, string>> = {
  EEXIST: 'exists already, and is not replaced; name another file',
  ENOENT: 'cannot be found; look at its name and its folder',
  ENOTDIR: 'lies under something that is no folder',
  EISDIR: 'is a folder; name a file',
  EACCES: 'is not yours to open',
  ENOSPC: 'cannot be written: there is no space left',
}

/** What any error has to say to a person at a terminal: a sentence for a fault of a file, and never a stack. */
export function messageOf(error: unknown): string {
  const { code = '', path = 'What was named' } = error as NodeJS.ErrnoException
  const fault = fileFaults[code]
  if (fault !== undefined) return `${path} ${fault}.`
  return error instanceof Error ? error.message : String(error)
}
