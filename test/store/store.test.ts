import { sql } from 'kysely'
import t from 'tap'
import { freshDatabase } from '../support/postgres.ts'

t.test('a fresh database answers', async (t) => {
  const { open } = await freshDatabase(t, 'gateway')
  const { db } = await open()
  const { rows } = await sql`select 1 as one`.execute(db)
  t.same(rows, [{ one: 1 }])
})
