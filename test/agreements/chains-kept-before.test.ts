import { sql } from 'kysely'
import t from 'tap'
import { systemClock } from '../../src/kernel/clock.ts'
import { migrations } from '../../src/store/migrations.ts'
import { applyMigrations, undoMigrations } from '../../src/store/schema.ts'
import { freshDatabase } from '../support/postgres.ts'

t.test('suspensions and acceptances of a version before count for their chains', async (t) => {
  const { db } = await (await freshDatabase(t, 'gateway')).open()
  const own = migrations.filter(({ operators }) => operators.includes('gateway'))
  const count = own.length - own.findIndex(({ name }) => name.endsWith('-agreement-chains'))
  await undoMigrations(db, { operator: 'gateway', count })
  const agreements = { a: undefined, b: 'a', c: 'b', d: undefined, e: 'a' }
  for (const [hash, previous] of Object.entries(agreements)) {
    const parties = [
      { agency: 'two-eyes', fourEyes: false },
      { agency: 'four-eyes', fourEyes: true },
    ]
    const content = JSON.stringify({ parties, previous })
    await sql`
      insert into agreement (hash, content, purpose, domain, proposed_at)
      values (${hash}, ${content}, 'p', 'd', now())`.execute(db)
  }
  await sql`
    insert into agreement_suspension (hash, suspended, statement, issued_at) values
      ('b', true, 'stands', '2026-01-01'), ('c', false, 'lifted', '2026-02-01'),
      ('e', true, 'stood', '2025-01-01'), ('d', false, 'x', '2026-01-01')`.execute(db)
  await sql`insert into domain_agreement (domain, hash, in_force_at) values ('d', 'a', now())`.execute(
    db,
  )
  await sql`
    insert into agreement_signature (hash, agency_id, type, signer, statement, received_at) values
      ('a', 'four-eyes', 'accept', '1', '', now()), ('d', 'four-eyes', 'accept', '1', '', now()),
      ('d', 'two-eyes', 'accept', '1', '', now()), ('b', 'two-eyes', 'reject', '1', '', now())
    `.execute(db)
  await applyMigrations(db, { operator: 'gateway', clock: systemClock })
  const chains = await db.selectFrom('agreement').select(['hash', 'first_version']).execute()
  t.strictSame(Object.fromEntries(chains.map((row) => [row.hash, row.first_version])), {
    ...{ a: 'a', b: 'a', c: 'a', d: 'd', e: 'a' },
  })
  t.strictSame(
    await db
      .selectFrom('agreement_suspension')
      .select(['first_version', 'suspended', 'statement'])
      .orderBy('first_version')
      .execute(),
    [
      { first_version: 'a', suspended: true, statement: 'stands' },
      { first_version: 'd', suspended: false, statement: 'x' },
    ],
    'a suspension stands rather than the end of another',
  )
  const complete = await db
    .selectFrom('agreement_signature')
    .select(['hash', 'agency_id'])
    .where('completes', '=', true)
    .orderBy('hash')
    .execute()
  t.strictSame(complete, [
    { hash: 'a', agency_id: 'four-eyes' },
    { hash: 'd', agency_id: 'two-eyes' },
  ])
})
