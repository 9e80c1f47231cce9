import { type Kysely, sql } from 'kysely'
import type { Logger } from 'pino'
import type { Tables } from './tables.ts'

const oldestVersion = 15

type ServerFacts = {
  version: number
  fsync: string
  full_page_writes: string
  synchronous_commit: string
  encoding: string
  recovering: boolean
  superuser: boolean
  remote: boolean
  encrypted: boolean
}

/**
 * Refuses a server that would lose or garble what it confirmed, and a role that no rule in the database can bind.
 * Does not check backups, replication or the server's own disks.
 * @throws Error naming every fault found
 */
export async function checkServer(
  db: Kysely<Tables>,
  { allowSuperuser, logger }: { allowSuperuser: boolean; logger: Logger | undefined },
): Promise<void> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version_num')::int / 10000 as version,
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as recovering,
      (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as superuser,
      coalesce(not inet '127.0.0.0/8' >>= inet_server_addr() and inet_server_addr() <> inet '::1', false) as remote,
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted
  `.execute(db)
  const facts = rows[0]
  if (facts === undefined) throw new Error('the database did not answer who it is')
  if (facts.remote && !facts.encrypted)
    logger?.warn(
      'the connection to the database leaves this machine unencrypted: use sslmode=verify-full',
    )
  if (facts.superuser && allowSuperuser)
    logger?.warn('the database role is a superuser: no grant or policy in the database binds it')
  const wrongs = serverFaults(facts, allowSuperuser)
  if (wrongs.length > 0) throw new Error(`this database cannot be used: ${wrongs.join('; ')}`)
}

export function serverFaults(facts: ServerFacts, allowSuperuser: boolean): string[] {
  const wrongs: string[] = []
  if (facts.version < oldestVersion)
    wrongs.push(`it is PostgreSQL ${facts.version}, and ${oldestVersion} or newer is needed`)
  for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit'] as const) {
    if (facts[setting] === 'off')
      wrongs.push(`${setting} is off, so that a power cut would lose what was confirmed`)
  }
  if (facts.encoding !== 'UTF8') wrongs.push(`its encoding is ${facts.encoding} instead of UTF8`)
  if (facts.recovering) wrongs.push('it is a standby, which takes no writes')
  if (facts.superuser && !allowSuperuser)
    wrongs.push(
      'its role is a superuser or bypasses row security: connect as a role that only owns this database',
    )
  return wrongs
}
