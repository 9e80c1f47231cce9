import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** A program with its arguments, as `spawn` takes them. */
export type Command = readonly [program: string, ...rest: string[]]

/** Puts a command into the form in which this process can run it although PostgreSQL refuses root. */
export type Wrap = (command: Command) => Command

/** Nothing of the operator's own environment (keys, connection strings) reaches the server. */
export const serverEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}

type User = { readonly user: number; readonly group: number }

/**
 * The numbers of a user who is not root. `initdb` wants one that the system knows by name, and minimal containers know
 * few: PostgreSQL's own, else nobody, else whoever there is.
 */
export function ordinaryUser(passwd: string): User {
  const users = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , user, group]) => ({ name, user: Number(user), group: Number(group) }))
    .filter(({ user, group }) => user > 0 && group > 0)
  const chosen =
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody') ??
    users[0]
  return chosen ?? { user: 65_534, group: 65_534 }
}

/** In a user namespace of its own, root's number outside is an ordinary user's inside; files stay root's. */
const inNamespace =
  ({ user, group }: User): Wrap =>
  (command) => ['unshare', '--user', `--map-user=${user}`, `--map-group=${group}`, ...command]

/**
 * As another user who may pass through directories that only root may enter (CAP_DAC_OVERRIDE and no more);
 * without `no_setuid_fixup` the change of user would drop that capability.
 */
const asUser =
  ({ user, group }: User): Wrap =>
  (command) => [
    'setpriv',
    `--reuid=${user}`,
    `--regid=${group}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
    '--securebits=+no_setuid_fixup',
    '--no-new-privs',
    ...command,
  ]

/**
 * The first way that works here to run `postgres` on the files in `folder`. Not as root: plainly. As root: in a user
 * namespace, or where those are forbidden as an ordinary user. A cluster that exists decides by its owner,
 * because PostgreSQL refuses a folder that is not its user's own.
 * @throws Error that says how to give a connection string, when no way works
 */
export function findWrap(postgres: string, folder: string, cluster: string): Wrap {
  if (process.getuid?.() !== 0) return (command) => command
  const user = ordinaryUser(readFileSync('/etc/passwd', 'utf8'))
  const owner = ownerOf(cluster)
  const ways =
    owner === undefined
      ? [inNamespace(user), asUser(user)]
      : owner.user === 0
        ? [inNamespace(user)]
        : [asUser(owner)]
  for (const wrap of ways) if (works(wrap, postgres, folder)) return wrap
  throw new Error(
    'the embedded PostgreSQL cannot run here: it refuses to run as root, and neither a user namespace (unshare) nor another user (setpriv) is possible. ' +
      'Start Raakvlak as an ordinary user, or give the connection string of a PostgreSQL server.',
  )
}

function ownerOf(path: string): User | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? undefined : { user: found.uid, group: found.gid }
}

function works(wrap: Wrap, postgres: string, folder: string): boolean {
  const [program, ...rest] = wrap([
    'sh',
    '-c',
    '"$1" --version && test -w "$2" && test -x "$2"',
    'sh',
    postgres,
    folder,
  ])
  return spawnSync(program, rest, { env: serverEnvironment, stdio: 'ignore' }).status === 0
}
