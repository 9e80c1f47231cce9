import {
  type ChildProcessWithoutNullStreams,
  execFileSync,
  spawn,
  spawnSync,
} from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import t from 'tap'
import { systemClock } from '../../src/kernel/clock.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { type Database, type DatabaseSettings, openDatabase } from '../../src/store/database.ts'
import { ordinaryUser } from '../../src/store/embedded/unprivileged.ts'
import { embeddedUrl } from '../../src/store/embedded-postgres.ts'
import { transact } from '../../src/store/transact.ts'

type Test = { readonly teardown: (work: () => unknown) => void }

// A busy machine takes its time to start and stop some forty servers.
t.setTimeout(150_000)

const isRoot = process.getuid?.() === 0
const isLinux = process.platform === 'linux'
const linuxOnly = { skip: !isLinux && 'needs /proc' }

/** PostgreSQL processes that work in a folder, as the system sees them. */
const serversIn = (directory: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(directory)
      } catch {
        return false
      }
    })

/** A process that ended but was not yet collected by its parent has no folder any more. */
const isAlive = (pid: number): boolean => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== ''
  } catch {
    return false
  }
}

function dataFolder(t: Test, parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'rv-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const model = mkdtempSync(join(tmpdir(), 'rv-'))
t.teardown(() => rmSync(model, { recursive: true, force: true }))

/** A folder with a database that was used and closed before; copied, because making one takes a second. */
function madeFolder(t: Test, parent?: string): string {
  const directory = dataFolder(t, parent)
  execFileSync('cp', ['-a', `${model}/.`, directory])
  return directory
}

async function open(
  t: Test,
  directory: string,
  settings: Partial<DatabaseSettings> = {},
): Promise<Database> {
  const database = await openDatabase({
    connection: { kind: 'embedded', directory },
    operator: 'gateway',
    clock: systemClock,
    poolSize: 3,
    ...settings,
  })
  t.teardown(database.close)
  return database
}

const masterOf = (directory: string): number =>
  Number.parseInt(readFileSync(join(directory, 'postgres/cluster/postmaster.pid'), 'utf8'), 10)

type Child = { process: ChildProcessWithoutNullStreams; said: string; next: () => Promise<string> }

/** Another process that opens the database in `directory`, and what it said first. */
async function openElsewhere(t: Test, directory: string, prefix: string[] = []): Promise<Child> {
  const program = fileURLToPath(new URL('./embedded-child.ts', import.meta.url))
  // With an empty environment: the test runner's own hooks would write where another user may not.
  const [command = '', ...rest] = [...prefix, 'env', '-i', process.execPath, program, directory]
  const child = spawn(command, rest, { stdio: 'pipe' })
  t.teardown(async () => {
    child.stdin.end()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  child.stderr.on('data', (part: Buffer) => process.stderr.write(part))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  return { process: child, said: await next(), next }
}

async function until(holds: () => boolean | Promise<boolean>, milliseconds = 15_000) {
  for (let waited = 0; waited < milliseconds; waited += 20) {
    if (await holds()) return true
    await pause(20)
  }
  return false
}

t.before(async () => {
  const { close } = await openDatabase({
    connection: { kind: 'embedded', directory: model },
    operator: 'gateway',
    clock: systemClock,
  })
  await close()
})

t.test('a database of its own', async (t) => {
  const directory = dataFolder(t)
  const { db, close } = await open(t, directory)

  t.test('keeps what it confirmed through a power cut', async (t) => {
    const { rows } = await sql`select current_setting('fsync') as fsync,
      current_setting('full_page_writes') as pages,
      current_setting('synchronous_commit') as commits`.execute(db)
    t.same(rows, [{ fsync: 'on', pages: 'on', commits: 'on' }])
  })

  t.test('is reached by no network and no other user', async (t) => {
    const { rows } = await sql`select current_setting('listen_addresses') as addresses,
      inet_server_addr() as address`.execute(db)
    t.same(rows, [{ addresses: '', address: null }])
    const modes = ['', 'passwords.json', 'cluster', '.s.PGSQL.5432', 'postgres.log'].map((name) =>
      (statSync(join(directory, 'postgres', name)).mode & 0o777).toString(8),
    )
    t.same(modes, ['700', '600', '700', '700', '600'])
    const hba = readFileSync(join(directory, 'postgres/cluster/pg_hba.conf'), 'utf8')
    const rules = hba.split('\n').filter((line) => /^\w/.test(line))
    t.ok(rules.every((line) => line.endsWith('scram-sha-256')))
  })

  t.test('gives the application no rights beyond it', async (t) => {
    const { rows } =
      await sql`select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication
      from pg_roles where rolname = session_user`.execute(db)
    t.same(Object.values(Object(rows[0])), [false, false, false, false, false])
    for (const statement of [
      'create role other',
      'alter role raakvlak superuser',
      'set role steward',
      "select pg_read_file('/etc/passwd')",
      "copy agency to program 'cat'",
    ])
      await t.rejects(sql.raw(statement).execute(db), { code: /42501|0LP01/ }, statement)
  })

  t.test('writes no statement and no value into its log', async (t) => {
    await sql`create table spoken (word text primary key)`.execute(db)
    await sql`insert into spoken values ('burgerservicenummer')`.execute(db)
    await t.rejects(sql`insert into spoken values ('burgerservicenummer')`.execute(db))
    await t.rejects(sql`select burgerservicenummer_nowhere`.execute(db))
    t.ok(await until(() => readFileSync(join(directory, 'postgres/postgres.log')).length > 0))
    const log = readFileSync(join(directory, 'postgres/postgres.log'), 'utf8')
    t.match(log, 'duplicate key')
    t.notMatch(log, '(burgerservicenummer)')
    t.notMatch(log, 'insert into')
  })

  t.test('is refused to a second process and to a second opening in this one', async (t) => {
    const { said } = await openElsewhere(t, directory)
    t.match(said, /refused another process is using the database in .*stop it first/)
    await t.rejects(open(t, directory), { message: /another process is using/ })
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }], 'the first goes on')
  })

  t.test('is open to tools that work beside its process', async (t) => {
    const beside = await openDatabase({
      connection: { kind: 'external', url: embeddedUrl(directory) },
      operator: 'gateway',
      clock: systemClock,
    })
    t.same((await sql`select 1 as one`.execute(beside.db)).rows, [{ one: 1 }])
    await beside.close()
  })

  t.test('leaves nothing running, and holds what it held when it is opened again', async (t) => {
    await Promise.all([close(), close()])
    if (isLinux) t.same(serversIn(directory), [])
    t.notOk(existsSync(join(directory, 'postgres/cluster/postmaster.pid')))
    const again = await open(t, directory)
    t.same((await sql`select word from spoken`.execute(again.db)).rows, [
      { word: 'burgerservicenummer' },
    ])
    await again.close()
  })
})

t.test('what went wrong before', linuxOnly, async (t) => {
  t.test('a server whose gateway was killed is ended before another starts', async (t) => {
    const directory = madeFolder(t)
    const child = await openElsewhere(t, directory)
    const orphan = Number(child.said.replace('open ', ''))
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')
    t.ok(isAlive(orphan), 'the server outlived its gateway')

    const { db } = await open(t, directory)
    t.notOk(isAlive(orphan))
    t.not(masterOf(directory), orphan)
    const { rows } = await sql<{ n: number }>`select count(*) as n from schema_version`.execute(db)
    t.ok((rows[0]?.n ?? 0) > 0, 'what it had confirmed is there')
    const masters = serversIn(directory).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('-D'),
    )
    t.equal(masters.length, 1, 'one server only')
  })

  t.test('two that find the same orphan do not both get the folder', async (t) => {
    const directory = madeFolder(t)
    const child = await openElsewhere(t, directory)
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')
    const said = (
      await Promise.all([openElsewhere(t, directory), openElsewhere(t, directory)])
    ).map((one) => one.said.split(' ')[0])
    t.same(said.toSorted(), ['open', 'refused'])
  })

  t.test('two that start at once on an empty folder make one database', async (t) => {
    const directory = dataFolder(t)
    const said = (
      await Promise.all([openElsewhere(t, directory), openElsewhere(t, directory)])
    ).map((one) => one.said.split(' ')[0])
    t.same(said.toSorted(), ['open', 'refused'])
  })

  t.test('a stranger under the number of a dead server is left alone', async (t) => {
    const directory = madeFolder(t)
    const { close } = await open(t, directory)
    const file = join(directory, 'postgres/cluster/postmaster.pid')
    const content = readFileSync(file, 'utf8')
    await close()
    const stranger = spawn('sleep', ['60'])
    t.teardown(() => stranger.kill())
    writeFileSync(file, content.replace(/^\d+/, String(stranger.pid)))
    const { db } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
    t.equal(stranger.exitCode, null)
    t.equal(stranger.signalCode, null)
  })

  t.test(
    'what a server left that was killed while it wrote its lock files does not stop another',
    async (t) => {
      const directory = madeFolder(t)
      await (await open(t, directory)).close()
      for (const name of ['cluster/postmaster.pid', '.s.PGSQL.5432', '.s.PGSQL.5432.lock'])
        writeFileSync(join(directory, 'postgres', name), '')
      const { db } = await open(t, directory)
      t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
    },
  )

  t.test('a founding that was cut off is begun anew', async (t) => {
    const directory = dataFolder(t)
    mkdirSync(join(directory, 'postgres/cluster.new/base'), { recursive: true, mode: 0o700 })
    chmodSync(join(directory, 'postgres'), 0o700)
    writeFileSync(join(directory, 'postgres/cluster.new/PG_VERSION'), '18')
    const { db } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
  })

  t.test('a folder that others may enter is refused', async (t) => {
    const directory = dataFolder(t)
    mkdirSync(join(directory, 'postgres'))
    chmodSync(join(directory, 'postgres'), 0o755)
    await t.rejects(open(t, directory), { message: /make it private \(chmod 700\)/ })
  })

  t.test('a cluster without its passwords says what is missing', async (t) => {
    const directory = madeFolder(t)
    rmSync(join(directory, 'postgres/passwords.json'))
    await t.rejects(open(t, directory), { message: /passwords\.json is missing: restore it/ })
  })

  t.test('a server that cannot start says why', async (t) => {
    const directory = madeFolder(t)
    writeFileSync(join(directory, 'postgres/cluster/pg_hba.conf'), 'nonsense\n')
    await t.rejects(open(t, directory), { message: /did not start: .*pg_hba\.conf/s })
    t.same(serversIn(directory), [])
  })

  t.test('files of another version of PostgreSQL are refused with a way out', async (t) => {
    const directory = madeFolder(t)
    writeFileSync(join(directory, 'postgres/cluster/PG_VERSION'), '11\n')
    await t.rejects(open(t, directory), { message: /made by PostgreSQL 11, .*write a backup/ })
  })
})

t.test('a server that dies under a living gateway', linuxOnly, async (t) => {
  t.test('is started again; work in between is unavailable, and nothing is lost', async (t) => {
    const directory = madeFolder(t)
    const { db } = await open(t, directory)
    await sql`create table kept (n integer primary key)`.execute(db)
    let confirmed = 0
    const faults: unknown[] = []
    const work = async () => {
      try {
        await transact(db, 'keep', async (tx) => {
          await sql`insert into kept values (${confirmed + faults.length})`.execute(tx)
        })
        confirmed += 1
      } catch (error) {
        faults.push(error)
        await pause(5)
      }
    }
    while (confirmed < 20) await work()
    const first = masterOf(directory)
    process.kill(first, 'SIGKILL')
    t.ok(
      await until(async () => {
        await work()
        return faults.length > 0 && confirmed > 40
      }),
    )
    t.ok(faults.length > 0, `${faults.length} faults`)
    t.ok(
      faults.every((fault) => fault instanceof Fault && fault.code === 'door/unavailable'),
      'every one of them says unavailable',
    )
    t.not(masterOf(directory), first)
    const { rows } = await sql<{ n: number }>`select count(*) as n from kept`.execute(db)
    // A commit whose answer was lost may have happened.
    t.ok((rows[0]?.n ?? 0) >= confirmed && (rows[0]?.n ?? 0) <= confirmed + 1)
  })

  t.test('is given up when it dies again and again, and the gateway is told once', async (t) => {
    const directory = madeFolder(t)
    const lost: Error[] = []
    const { db, close } = await open(t, directory, { onLost: (reason) => lost.push(reason) })
    // With this it cannot start again.
    writeFileSync(join(directory, 'postgres/cluster/pg_hba.conf'), 'nonsense\n')
    process.kill(masterOf(directory), 'SIGKILL')
    t.ok(await until(() => lost.length > 0, 30_000))
    t.match(lost[0]?.message, /cannot be kept running/)
    await t.rejects(sql`select 1`.execute(db), { code: 'door/unavailable' })
    await close()
    t.equal(lost.length, 1)
    t.same(serversIn(directory), [])
  })

  t.test('is not started again when the gateway is closing', async (t) => {
    const directory = madeFolder(t)
    const { close } = await open(t, directory)
    process.kill(masterOf(directory), 'SIGKILL')
    await close()
    t.same(serversIn(directory), [])
  })
})

t.test('where the folder lies', async (t) => {
  t.test('a path too long for a socket gets a short private one, also after a kill', async (t) => {
    const directory = join(dataFolder(t), 'a'.repeat(100), 'b'.repeat(100))
    mkdirSync(directory, { recursive: true })
    const child = await openElsewhere(t, directory)
    t.match(child.said, /^open \d+/)
    const pointer = join(directory, 'postgres/socket-folder')
    const folder = readFileSync(pointer, 'utf8')
    t.equal(statSync(folder).mode & 0o777, 0o700)
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')

    const { db, close } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
    t.equal(readFileSync(pointer, 'utf8'), folder, 'the same is used again')
    await close()
    t.notOk(existsSync(folder))
  })

  t.test('a socket folder that another could have put there is not used', async (t) => {
    const directory = join(dataFolder(t), 'c'.repeat(100))
    mkdirSync(join(directory, 'postgres'), { recursive: true, mode: 0o700 })
    const trap = dataFolder(t)
    chmodSync(trap, 0o777)
    writeFileSync(join(directory, 'postgres/socket-folder'), trap)
    const { db } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
    t.same(readdirSync(trap), [])
  })

  t.test('a folder with spaces, quotes and commas in its name', async (t) => {
    const directory = join(dataFolder(t), `it's "a", name & more`)
    mkdirSync(directory)
    const { db } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
  })
})

t.test('as root', { skip: !isRoot && 'this is not root' }, async (t) => {
  t.test('below a directory that only root may enter', async (t) => {
    const directory = madeFolder(t, homedir())
    t.equal(statSync(directory).mode & 0o077, 0)
    const { db } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
    t.equal(statSync(join(directory, 'postgres/cluster')).uid, 0, 'the files stay root’s')
  })

  t.test('on the files of another user, as that user', async (t) => {
    const directory = madeFolder(t)
    // Changing the user is also the way where user namespaces are forbidden.
    const cluster = join(directory, 'postgres/cluster')
    for (const entry of ['', ...readdirSync(cluster, { recursive: true })])
      chownSync(join(cluster, String(entry)), 57_432, 57_432)
    const { db } = await open(t, directory)
    t.same((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }])
    const status = readFileSync(`/proc/${masterOf(directory)}/status`, 'utf8')
    t.match(status, /^Uid:\s+57432/m)
    t.match(status, /^CapEff:\s+0000000000000002$/m, 'with no more than dac_override')
    t.match(status, /^CapBnd:\s+0000000000000002$/m)
  })

  t.test('runs as a user whom the system knows', async (t) => {
    const passwd = (...users: string[]) =>
      ordinaryUser(users.map((user) => `${user}::/:/bin/sh\n`).join(''))
    t.match(passwd('root:x:0:0', 'daemon:x:1:1'), { user: 1, group: 1 })
    t.match(passwd('root:x:0:0', 'bin:x:2:2', 'nobody:x:99:98'), { user: 99, group: 98 })
    t.match(passwd('nobody:x:99:98', 'postgres:x:70:70'), { user: 70, group: 70 })
    t.match(passwd('root:x:0:0'), { user: 65_534, group: 65_534 })
  })

  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const [command = '', ...rest] = [...asNobody, 'test', '-x', process.execPath]
  const reachable = spawnSync(command, rest).status === 0
  const skip = !reachable && 'this folder is closed to other users'
  t.test('an ordinary user needs none of that', { skip }, async (t) => {
    const directory = dataFolder(t)
    chownSync(directory, 65_534, 65_534)
    const child = await openElsewhere(t, directory, asNobody)
    t.match(child.said, /^open \d+/)
    const pid = Number(child.said.replace('open ', ''))
    t.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Uid:\s+65534/m)
    child.process.stdin.end()
    t.equal(await child.next(), 'closed')
    t.notOk(isAlive(pid))
  })
})
