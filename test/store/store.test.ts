import { randomBytes } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Kysely, sql } from 'kysely'
import t from 'tap'
import { systemClock } from '../../src/kernel/clock.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { operatorNames } from '../../src/oprf/types.ts'
import { restoreBackup, writeBackup } from '../../src/store/backup.ts'
import { verifyBackup } from '../../src/store/backup-file.ts'
import { openCrypter } from '../../src/store/crypter.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type Migration, migrations } from '../../src/store/migrations.ts'
import { applyMigrations, schemaState, undoMigrations } from '../../src/store/schema.ts'
import { serverFaults } from '../../src/store/server-check.ts'
import type { Tables } from '../../src/store/tables.ts'
import { type TransactionReport, transact } from '../../src/store/transact.ts'
import { freshDatabase } from '../support/postgres.ts'
import { testServer } from '../support/postgres-server.ts'
import { onDatabase } from '../support/postgres-steward.ts'

t.setTimeout(120_000)

const clock = systemClock

const shapeOf = async (db: Kysely<Tables>): Promise<string[]> => {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
    from information_schema.columns where table_schema = current_schema()
    union all
    select indexdef from pg_indexes where schemaname = current_schema()
    union all
    select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = current_schema()::regnamespace
    order by 1`.execute(db)
  return rows.map(({ line }) => line)
}

const counterTable: Migration = {
  name: '9001-counter',
  operators: ['gateway', 'keyholder'],
  up: async (db) => {
    await sql`create table counter (id integer primary key, value bigint not null)`.execute(db)
  },
  down: async (db) => {
    await sql`drop table counter`.execute(db)
  },
}

t.test('migrations', async (t) => {
  for (const operator of operatorNames) {
    t.test(`the schema of the ${operator} goes up, down and up to the same shape`, async (t) => {
      const { open } = await freshDatabase(t, 'empty')
      const { db } = await open({ operator, migrate: 'leave' })
      const names = migrations.filter((one) => one.operators.includes(operator)).map((m) => m.name)

      t.same(await applyMigrations(db, { operator, clock }), names)
      const shape = await shapeOf(db)
      t.ok(shape.length > 10)
      const count = names.length
      t.same(await undoMigrations(db, { operator, count }), names.toReversed())
      const bare = await shapeOf(db)
      t.ok(bare.every((line) => line.includes('schema_version')))
      t.same(await applyMigrations(db, { operator, clock }), names)
      t.same(await shapeOf(db), shape)
      t.same(await applyMigrations(db, { operator, clock }), [], 'a second time does nothing')
    })
  }

  t.test(
    'migrations stand in the order of their numbers and have names of their own',
    async (t) => {
      const names = migrations.map(({ name }) => name)
      t.same(names, [...new Set(names)].sort())
    },
  )

  t.test('a keyholder has no tables for signals', async (t) => {
    const { open } = await freshDatabase(t, 'keyholder')
    const { db } = await open()
    const { rows } = await sql`select to_regclass('signal') as signal`.execute(db)
    t.same(rows, [{ signal: null }])
  })

  t.test('a schema made by a newer version is refused', async (t) => {
    const { open } = await freshDatabase(t, 'gateway')
    const { db, close } = await open()
    await sql`insert into schema_version
      select count(*) + 1, '9999-future', 'gateway', now() from schema_version`.execute(db)
    await close()
    await t.rejects(open(), { message: /9999-future, which this version .* does not know/ })
    await t.rejects(open({ migrate: 'refuse' }), { message: /does not know/ })
  })

  t.test('an older schema is migrated, or refused when the setting says so', async (t) => {
    const { open } = await freshDatabase(t, 'gateway')
    const { db, close } = await open()
    const newest = migrations.at(-1)?.name
    const shape = await shapeOf(db)
    t.same(await undoMigrations(db, { operator: 'gateway', count: 1 }), [newest])
    await close()
    await t.rejects(open({ migrate: 'refuse' }), {
      message: new RegExp(`lacks ${newest}.*migrate.ts apply`),
    })
    const again = await open({ migrate: 'automatic' })
    t.same(await shapeOf(again.db), shape)
  })

  t.test('the database of the other operator is refused', async (t) => {
    const { open } = await freshDatabase(t, 'gateway')
    await t.rejects(open({ operator: 'keyholder' }), { message: /database of the gateway/ })
  })

  t.test('a database with tables of others is refused and left alone', async (t) => {
    const { open } = await freshDatabase(t, 'empty')
    const { db, close } = await open({ migrate: 'leave' })
    await sql`create table invoices (id integer)`.execute(db)
    await close()
    await t.rejects(open(), { message: /other tables \(invoices/ })
  })

  t.test('two processes that start at once migrate once', async (t) => {
    const { open } = await freshDatabase(t, 'empty')
    const [one, other] = await Promise.all([open({ migrate: 'leave' }), open({ migrate: 'leave' })])
    const settings = { operator: 'gateway', clock } as const
    const done = await Promise.all([
      applyMigrations(one.db, settings),
      applyMigrations(other.db, settings),
    ])
    const own = migrations.filter(({ operators }) => operators.includes('gateway'))
    t.equal(done.flat().length, own.length)
    t.same((await schemaState(one.db, settings)).pending, [])
  })

  t.test('six processes that start at once on an empty database all find their way', async (t) => {
    const { open } = await freshDatabase(t, 'empty')
    const all = await Promise.all(Array.from({ length: 6 }, () => open({ migrate: 'leave' })))
    const settings = { operator: 'gateway', clock, list: [] } as const
    for (let round = 0; round < 40; round += 1) {
      await Promise.all(all.map(({ db }) => applyMigrations(db, settings)))
      await sql`drop table schema_version`.execute(all[0]?.db as Kysely<Tables>)
    }
    t.pass('nobody met a table that was half made')
  })

  t.test('a migration that fails leaves nothing of itself', async (t) => {
    const { open } = await freshDatabase(t, 'empty')
    const { db } = await open({ migrate: 'leave' })
    const broken: Migration = {
      ...counterTable,
      up: async (tx) => {
        await counterTable.up(tx)
        await sql`select 1 / 0`.execute(tx)
      },
    }
    const settings = { operator: 'gateway', list: [broken] } as const
    await t.rejects(applyMigrations(db, { ...settings, clock }), { code: '22012' })
    t.same(await schemaState(db, settings), { applied: [], pending: ['9001-counter'] })
    t.notOk((await shapeOf(db)).some((line) => line.startsWith('counter')))
  })
})

const counters = async (t: Parameters<typeof freshDatabase>[0]) => {
  const { open, url } = await freshDatabase(t, 'empty')
  const opened = await open({ migrate: 'leave' })
  const { db } = opened
  await applyMigrations(db, { operator: 'gateway', clock, list: [counterTable] })
  await sql`insert into counter values (1, 0), (2, 0)`.execute(db)
  const values = async () => {
    const { rows } = await sql<{ value: number }>`select value from counter order by id`.execute(db)
    return rows.map(({ value }) => value)
  }
  return { ...opened, url, open, values }
}

/** Lets two parties go on only when both have come. */
const meeting = () => {
  let come = 0
  let openDoor = () => {}
  const both = new Promise<void>((resolve) => {
    openDoor = resolve
  })
  return async () => {
    come += 1
    if (come === 2) openDoor()
    await both
  }
}

t.test('transactions', async (t) => {
  t.test('two that contradict each other are both done, one after the other', async (t) => {
    const { db, values } = await counters(t)
    const meet = meeting()
    const heard: TransactionReport[] = []
    const listen = (report: unknown) => heard.push(report as TransactionReport)
    subscribe('raakvlak:transaction', listen)
    t.teardown(() => unsubscribe('raakvlak:transaction', listen))
    let runs = 0
    // Each reads the sum and adds one to its own counter: the classic write skew.
    const add = (id: number) =>
      transact(
        db,
        `count ${id}`,
        async (tx) => {
          runs += 1
          const { rows } = await sql<{ sum: string }>`select sum(value) from counter`.execute(tx)
          if (runs <= 2) await meet()
          const next = Number(rows[0]?.sum) + 1
          await sql`update counter set value = ${next} where id = ${id}`.execute(tx)
        },
        { isolation: 'serializable' },
      )
    await Promise.all([add(1), add(2)])
    t.same((await values()).toSorted(), [1, 2], 'the second saw what the first had done')
    t.ok(runs > 2, `ran ${runs} times`)
    t.same(heard.map(({ name }) => name).toSorted(), ['count 1', 'count 2'])
    t.equal(
      heard.reduce((total, { attempts }) => total + attempts, 0),
      runs,
    )
  })

  t.test('two that lock each other out are both done', async (t) => {
    const { db, values } = await counters(t)
    const meet = meeting()
    const winner = Promise.withResolvers<void>()
    let runs = 0
    const add = async (first: number, second: number) => {
      await transact(db, 'cross', async (tx) => {
        runs += 1
        // Ahead of the winner, the loser could take its row again and lock both out once more.
        if (runs > 2) await winner.promise
        await sql`update counter set value = value + 1 where id = ${first}`.execute(tx)
        if (runs <= 2) await meet()
        await sql`update counter set value = value + 1 where id = ${second}`.execute(tx)
      })
      winner.resolve()
    }
    await Promise.all([add(1, 2), add(2, 1)])
    t.same(await values(), [2, 2])
    t.equal(runs, 3)
  })

  t.test('a conflict that does not end is given up after eight attempts', async (t) => {
    const { db } = await counters(t)
    let runs = 0
    await t.rejects(
      transact(db, 'never', async (tx) => {
        runs += 1
        await sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(tx)
      }),
      { code: '40001' },
    )
    t.equal(runs, 8)
  })

  t.test('a throw undoes all of it, runs once and arrives unchanged', async (t) => {
    const { db, values } = await counters(t)
    const fault = new Fault('policy/denied')
    let runs = 0
    const failing = transact(db, 'refuse', async (tx) => {
      runs += 1
      await sql`update counter set value = 7`.execute(tx)
      throw fault
    })
    t.equal(await failing.catch((error: unknown) => error), fault)
    t.equal(runs, 1)
    t.same(await values(), [0, 0])
  })

  t.test('an error that the work swallows cannot be committed', async (t) => {
    const { db, values } = await counters(t)
    const swallowing = transact(db, 'swallow', async (tx) => {
      await sql`update counter set value = 7`.execute(tx)
      await sql`select 1 / 0`.execute(tx).catch(() => undefined)
    })
    await t.rejects(swallowing)
    t.same(await values(), [0, 0])
  })

  t.test(
    'the name of a transaction shows in the server while it runs, and not after it',
    async (t) => {
      const { db } = await counters(t)
      const names = async (from: Kysely<Tables>) => {
        const { rows } = await sql<{ application_name: string }>`
        select application_name from pg_stat_activity where pid = pg_backend_pid()`.execute(from)
        return rows[0]?.application_name
      }
      t.equal(await transact(db, 'submit signal', async (tx) => await names(tx)), 'submit signal')
      t.equal(await names(db), 'raakvlak gateway')
    },
  )

  t.test(
    'a session that is ended in the middle shows as unavailable, and nothing was done',
    async (t) => {
      const { db, values } = await counters(t)
      const cut = transact(db, 'cut off', async (tx) => {
        await sql`update counter set value = 7`.execute(tx)
        await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx)
      })
      await t.rejects(cut, { code: 'door/unavailable', retryAfterSeconds: 2 })
      t.same(await values(), [0, 0], 'and the pool has another connection')
    },
  )

  t.test('a session that is lost at the commit says that the outcome is not known', async (t) => {
    const { db } = await counters(t)
    // A deferred trigger runs inside the commit.
    await sql`create function cut() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(db)
    await sql`create constraint trigger cut after update on counter
      deferrable initially deferred for each row execute function cut()`.execute(db)
    const cut = transact(db, 'cut off', async (tx) => {
      await sql`update counter set value = 7 where id = 1`.execute(tx)
    })
    await t.rejects(cut, {
      code: 'door/unavailable',
      problems: [{ message: /may have been done/ }],
    })
  })
})

t.test('connections', async (t) => {
  t.test('whole numbers, days and times arrive as documented', async (t) => {
    const { open } = await freshDatabase(t, 'gateway')
    const { db } = await open()
    const { rows } = await sql`
      select 9007199254740991::int8 as large, array[1, 2]::int8[] as several, count(*) as counted,
        date '2026-03-01' as day, array[date '2026-03-01'] as days, '{}'::date[] as none,
        timestamptz '2026-03-01T12:00:00.123+02' as at, '\\x00ff'::bytea as bytes, 1.10::numeric as exact
      from (values (1), (2)) as v`.execute(db)
    t.same(rows, [
      {
        large: 9_007_199_254_740_991,
        several: [1, 2],
        counted: 2,
        day: '2026-03-01',
        days: ['2026-03-01'],
        none: [],
        at: new Date('2026-03-01T10:00:00.123Z'),
        bytes: Buffer.from([0, 255]),
        exact: '1.10',
      },
    ])
    await t.rejects(sql`select 9007199254740992::int8`.execute(db), { name: 'RangeError' })
  })

  t.test('a server that is not there shows as unavailable', async (t) => {
    const { open, url } = await freshDatabase(t, 'gateway')
    const { db, close } = await open()
    await close()
    await t.rejects(sql`select 1`.execute(db))
    const away = new URL(url)
    away.searchParams.delete('host')
    away.host = 'localhost:1'
    await t.rejects(
      openDatabase({
        connection: { kind: 'external', url: new Secret(away.href) },
        operator: 'gateway',
        clock,
      }),
      { code: 'door/unavailable' },
    )
  })

  t.test('a superuser is refused unless the setting allows it', async (t) => {
    const { stewardUrl } = await testServer()
    const { url } = await freshDatabase(t, 'gateway')
    const name = new URL(url).pathname.slice(1)
    const connection = {
      kind: 'external',
      url: new Secret(onDatabase(stewardUrl, name)),
    } as const
    const settings = { connection, operator: 'gateway', clock } as const
    const outcome = await openDatabase(settings).catch((error: unknown) => error)
    if (!(outcome instanceof Error)) {
      t.comment('the test server was given without a superuser')
      await (outcome as { close: () => Promise<void> }).close()
      return
    }
    t.match(outcome.message, /superuser/)
    const allowed = await openDatabase({
      ...settings,
      connection: { ...connection, allowSuperuser: true },
    })
    await allowed.close()
  })

  t.test('a server that could lose what it confirmed is refused', async (t) => {
    const { url, open } = await freshDatabase(t, 'gateway')
    const lax = new URL(url)
    lax.searchParams.set('options', '-c synchronous_commit=off')
    await t.rejects(open({ connection: { kind: 'external', url: new Secret(lax.href) } }), {
      message: /synchronous_commit is off/,
    })
    const good = {
      version: 15,
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'remote_apply',
      encoding: 'UTF8',
      recovering: false,
      superuser: false,
      remote: false,
      encrypted: false,
    }
    t.same(serverFaults(good, false), [])
    for (const wrong of [
      { version: 14 },
      { fsync: 'off' },
      { full_page_writes: 'off' },
      { encoding: 'SQL_ASCII' },
      { recovering: true },
      { superuser: true },
    ])
      t.equal(serverFaults({ ...good, ...wrong }, false).length, 1, inspect(wrong))
  })

  t.test('the address of a database does not print', async (t) => {
    const { open } = await freshDatabase(t, 'gateway')
    const { url } = await open()
    t.notMatch(`${inspect(url)}${JSON.stringify({ url })}${url}`, 'postgresql')
  })
})

t.test('the crypter', async (t) => {
  const key = () => new Secret<Uint8Array>(randomBytes(32))
  const old = key()
  const place = { table: 'signal', row: ['gemeente', '17'], column: 'sealed' }
  const plain = Buffer.from('as it was')
  const crypter = openCrypter([old])
  const sealed = crypter.encrypt(place, plain)

  t.test(
    'gives back in its place what was put there, and never the same bytes twice',
    async (t) => {
      t.same(crypter.decrypt(place, sealed), plain)
      t.equal(sealed.length, plain.length + 33)
      t.notOk(sealed.includes(plain))
      t.notSame(crypter.encrypt(place, plain), sealed)
      t.same(crypter.decrypt(place, crypter.encrypt(place, Buffer.alloc(0))), Buffer.alloc(0))
    },
  )

  t.test('a value that was moved is refused', async (t) => {
    const elsewhere = [
      { ...place, table: 'signals' },
      { ...place, column: 'sealed_share' },
      { ...place, row: ['gemeente', '18'] },
      { ...place, row: ['gemeente1', '7'] },
      { ...place, row: 'gemeente17' },
      { ...place, row: ['gemeente', '17', ''] },
      { ...place, column: 'sealedgemeente', row: ['17'] },
      { table: 'sealed', column: 'signal', row: place.row },
    ]
    for (const other of elsewhere)
      t.throws(() => crypter.decrypt(other, sealed), { message: /not what was written/ })
  })

  t.test('a value of which any byte was changed or cut off is refused', async (t) => {
    const survivors: number[] = []
    const opens = (value: Uint8Array) => {
      try {
        crypter.decrypt(place, value)
        return true
      } catch {
        return false
      }
    }
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      if (opens(changed) || opens(sealed.subarray(0, at))) survivors.push(at)
    }
    t.same(survivors, [])
  })

  t.test(
    'a new first key encrypts, the old one still decrypts until it is taken out',
    async (t) => {
      const fresh = key()
      const rotated = openCrypter([fresh, old])
      t.same(rotated.decrypt(place, sealed), plain)
      t.ok(rotated.isOutdated(sealed))
      const renewed = rotated.encrypt(place, plain)
      t.notOk(rotated.isOutdated(renewed))
      t.same(openCrypter([fresh]).decrypt(place, renewed), plain)
      t.throws(() => openCrypter([fresh]).decrypt(place, sealed), { message: /not in the list/ })
      t.throws(() => crypter.decrypt(place, renewed), { message: /not in the list/ })
    },
  )

  t.test('a key of another length, or none, is refused', async (t) => {
    t.throws(() => openCrypter([]), RangeError)
    t.throws(() => openCrypter([new Secret<Uint8Array>(randomBytes(16))]), RangeError)
  })
})

/** Values that a careless way of carrying would change. */
const oddTables: Migration = {
  name: '9002-odd',
  operators: ['gateway', 'keyholder'],
  up: async (db) => {
    // The order of names is the reverse of the order in which they must be filled.
    await sql`create table z_parent (id bigint primary key)`.execute(db)
    await sql`create table a_child (
      parent bigint references z_parent, words text, bytes bytea, at timestamptz, day date,
      ratio double precision, exact numeric, tags text[], shape jsonb, yes boolean,
      primary key (parent))`.execute(db)
  },
  down: async (db) => {
    await sql`drop table a_child, z_parent`.execute(db)
  },
}
const fillOdd = async (db: Kysely<Tables>) => {
  await sql`insert into z_parent values (9223372036854775807), (1)`.execute(db)
  await sql`insert into a_child values
    (9223372036854775807, E'line\nquote"back\\slash \u20ac \U0001F600 {"table"}', '\\x00ff0a',
      '2026-03-01T12:00:00.123456Z', '0044-03-15 BC', 0.1, 1.1000000000000000000001,
      '{"a,b",null,"{"}', '{"n": 12345678901234567890, "s": "x"}', true),
    (1, null, null, 'infinity', null, 'NaN', 'NaN', '{}', 'null', null)`.execute(db)
}
const allOf = async (db: Kysely<Tables>, table: string) => {
  const { rows } = await sql<{ line: string }>`
    select t::text as line from ${sql.table(table)} as t order by 1`.execute(db)
  return rows.map(({ line }) => line)
}

t.test('backups', async (t) => {
  for (const operator of operatorNames) {
    t.test(`a database of the ${operator} comes back exactly as it was`, async (t) => {
      const list = [...migrations, oddTables]
      const source = await (await freshDatabase(t, 'empty')).open({ operator, migrate: 'leave' })
      await applyMigrations(source.db, { operator, clock, list })
      await fillOdd(source.db)
      await sql`insert into quota_use select 'agency-' || n, 'd', 'evaluation', '2026-03-01', n
        from generate_series(1, 1203) as n`.execute(source.db)
      const path = join(t.testdir(), 'backup.jsonl')
      const settings = { operator, path, clock, list }
      const { rows, sha256 } = await writeBackup(source.db, settings)
      t.equal(rows, 1_207)
      t.equal(statSync(path).mode & 0o777, 0o600)
      t.match(await verifyBackup(path), { operator, rows, sha256 })

      const target = await (await freshDatabase(t, 'empty')).open({ operator, migrate: 'leave' })
      t.same(await restoreBackup(target.db, settings), { rows, sha256 })
      for (const table of ['z_parent', 'a_child', 'quota_use'])
        t.same(await allOf(target.db, table), await allOf(source.db, table), table)
      t.same(await shapeOf(target.db), await shapeOf(source.db))

      await t.rejects(restoreBackup(target.db, settings), { message: /not empty/ }, 'only once')
      await t.rejects(writeBackup(source.db, settings), {
        message: /no backup is written: .* exists already/,
      })
    })
  }

  t.test('a backup that was changed, cut off or is of another kind is refused', async (t) => {
    const operator = 'gateway'
    const { open } = await freshDatabase(t, operator)
    const { db } = await open()
    await sql`insert into quota_use values ('politie', 'd', 'evaluation', '2026-03-01', 5)`.execute(
      db,
    )
    const folder = t.testdir()
    const path = join(folder, 'backup.jsonl')
    await writeBackup(db, { operator, path, clock })
    const text = readFileSync(path, 'utf8')
    const lines = text.split('\n')

    const target = await (await freshDatabase(t, operator)).open()
    const restoreText = async (changed: string) => {
      const other = join(folder, 'changed.jsonl')
      writeFileSync(other, changed)
      await restoreBackup(target.db, { operator, path: other, clock })
    }
    await t.rejects(restoreText(text.replace('politie', 'justitie')), { message: /checksum/ })
    await t.rejects(restoreText(lines.slice(0, -2).join('\n')), { message: /checksum/ })
    await t.rejects(restoreText(lines.slice(0, 3).join('\n')), { message: /checksum/ })
    await t.rejects(restoreText(''), { message: /checksum/ })
    await t.rejects(restoreText(`hello\n${text}`), { message: /not a backup/ })
    t.same(await allOf(target.db, 'quota_use'), [])

    const keyholder = await (await freshDatabase(t, 'keyholder')).open()
    await t.rejects(restoreBackup(keyholder.db, { operator: 'keyholder', path, clock }), {
      message: /backup of the gateway/,
    })
    await t.rejects(
      restoreBackup(target.db, { operator, path, clock, list: [...migrations, counterTable] }),
      { message: /another than this version/ },
    )
    await restoreText(text)
    t.equal((await allOf(target.db, 'quota_use')).length, 1)
  })

  t.test('a backup shows one moment, whatever is written meanwhile', async (t) => {
    const { open } = await freshDatabase(t, 'empty')
    const { db } = await open({ migrate: 'leave' })
    const twins: Migration = {
      ...counterTable,
      up: async (tx) => {
        await sql`create table a_first (id integer, value bigint)`.execute(tx)
        await sql`create table z_last (id integer, value bigint)`.execute(tx)
      },
    }
    const list = [twins]
    await applyMigrations(db, { operator: 'gateway', clock, list })
    await sql`insert into a_first select n, 0 from generate_series(1, 120000) as n`.execute(db)
    await sql`insert into z_last values (1, 0)`.execute(db)
    const path = join(t.testdir(), 'backup.jsonl')
    let ended = false
    const writing = writeBackup(db, { operator: 'gateway', clock, list, path }).finally(() => {
      ended = true
    })
    // The first table is read long before the last; their values are equal at every moment.
    let changes = 0
    while (!ended) {
      await sql`with first as (update a_first set value = value + 1 where id = 1)
        update z_last set value = value + 1`.execute(db)
      changes += 1
    }
    await writing
    t.ok(changes > 1, `${changes} changes meanwhile`)
    const rows = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
    t.equal(rows.length, 120_001)
    const values = rows.filter(({ id }) => id === '1').map(({ value }) => value)
    t.equal(values.length, 2)
    t.equal(values[0], values[1])
  })
})
