/** What the system says about a file, by its error code, as a person would say it. */
const sayings: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no file or folder ${path}.`,
  EEXIST: (path) => `${path} exists already; nothing is replaced.`,
  EISDIR: (path) => `${path} is a folder, not a file.`,
  ENOTDIR: (path) => `${path} is a file, not a folder.`,
  EACCES: (path) => `${path} may not be opened by this user.`,
}

/** The sentence for an error about a file; undefined for every other error. */
export function fileFaultText(error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException
  return path === undefined ? undefined : sayings[code ?? '']?.(path)
}

/** What any error has to say to a person at a terminal: never a stack. */
export const messageOf = (error: unknown): string =>
  fileFaultText(error) ?? (error instanceof Error ? error.message : String(error))
