import { DatabaseSync } from 'node:sqlite'

/**
 * Holds `file` for this process, or says that another process holds it. The kernel lets go of it when the
 * process ends, however it ends, so that nothing stale is ever left. For processes of one machine.
 * SQLite is here for nothing but its file lock: Node has none of its own.
 * @returns how to let go, which may be called again; undefined while another process holds the file
 */
export function lockFile(file: string): (() => void) | undefined {
  const lock = new DatabaseSync(file)
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode === busy) return undefined
    throw error
  }
  return () => {
    if (lock.isOpen) lock.close()
  }
}

/** SQLITE_BUSY */
const busy = 5
