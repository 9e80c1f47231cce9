import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import type { OperatorName } from '../oprf/types.ts'
import { migrations } from './migrations.ts'

/** The SQL that makes an operator's schema, to be read before it is run. Nothing is executed. */
export async function migrationText(operator: OperatorName): Promise<string> {
  const lines: string[] = []
  const db = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (own) => new PostgresIntrospector(own),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      lines.push(`${query.sql.trim()};\n`)
    },
  })
  for (const migration of migrations) {
    if (!migration.operators.includes(operator)) continue
    lines.push(`-- ${migration.name}`)
    await migration.up(db)
  }
  return lines.join('\n')
}
