import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import { sql } from 'kysely'
import { systemClock } from '../../src/kernel/clock.ts'
import { openDatabase } from '../../src/store/database.ts'

/** The baseline: a bare Fastify route that checks a schema and inserts one row in one transaction. */
const { values } = parseArgs({ options: { directory: { type: 'string' } } })
const { db, close } = await openDatabase({
  connection: { kind: 'embedded', directory: values.directory ?? '' },
  operator: 'keyholder',
  clock: systemClock,
})
await sql`create table bare (id text primary key, body text not null)`.execute(db)

const app = Fastify()
app.post<{ Body: { id: string; body: string } }>(
  '/rows',
  {
    schema: {
      body: {
        type: 'object',
        required: ['id', 'body'],
        properties: { id: { type: 'string' }, body: { type: 'string' } },
        additionalProperties: false,
      },
    },
  },
  async ({ body }, reply) => {
    await db
      .transaction()
      .execute((tx) => sql`insert into bare values (${body.id}, ${body.body})`.execute(tx))
    reply.code(201)
    return { id: body.id }
  },
)
process.once('SIGTERM', async () => {
  await app.close()
  await close()
})
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`)
