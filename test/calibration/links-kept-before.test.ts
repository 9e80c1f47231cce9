import { sql } from 'kysely'
import t from 'tap'
import { systemClock } from '../../src/kernel/clock.ts'
import { migrations } from '../../src/store/migrations.ts'
import { applyMigrations, undoMigrations } from '../../src/store/schema.ts'
import { freshDatabase } from '../support/postgres.ts'

t.test('links of a version before are kept, with what is known of their names', async (t) => {
  const { db } = await (await freshDatabase(t, 'gateway')).open()
  const own = migrations.filter(({ operators }) => operators.includes('gateway'))
  const count = own.length - own.findIndex(({ name }) => name.endsWith('-calibration'))
  await undoMigrations(db, { operator: 'gateway', count })
  await sql`
    insert into link (one, other, quality, bits, reasons, rests_on_identifier, found_at) values
      ('a', 'b', 'probable', 41.5, '["name-and-birth-date"]', false, now()),
      ('a', 'c', 'certain', 81.5, '["official-number","name-and-birth-date"]', true, now())`.execute(
    db,
  )
  await applyMigrations(db, { operator: 'gateway', clock: systemClock })
  t.strictSame(
    await db.selectFrom('link').select(['one', 'other', 'name_bits']).orderBy('other').execute(),
    [
      { one: 'a', other: 'b', name_bits: 41.5 },
      { one: 'a', other: 'c', name_bits: 0 },
    ],
    'a number’s bits count for no name',
  )
  await undoMigrations(db, { operator: 'gateway', count })
  const { rows } = await sql`select quality, bits from link order by other`.execute(db)
  t.strictSame(
    rows,
    [
      { quality: 'probable', bits: 41.5 },
      { quality: 'certain', bits: 81.5 },
    ],
    'going back loses no link, and nothing of one',
  )
  await applyMigrations(db, { operator: 'gateway', clock: systemClock })
})
