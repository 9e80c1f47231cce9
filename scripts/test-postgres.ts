/** Runs the tests on a PostgreSQL server of your own instead of the embedded one. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

if (process.env.RAAKVLAK_TEST_POSTGRES_URL === undefined) {
  console.error(
    [
      'Set RAAKVLAK_TEST_POSTGRES_URL to the connection string of a PostgreSQL 15 or newer, for example',
      '  RAAKVLAK_TEST_POSTGRES_URL=postgresql://postgres:secret@localhost:5432/postgres npm run test:postgres',
      'Its role must be a superuser, or a role that may create databases (CREATEDB). The tests make databases and a',
      'role whose names begin with raakvlak_test_, and drop them at the end.',
    ].join('\n'),
  )
  process.exitCode = 1
} else {
  const tap = fileURLToPath(new URL('../node_modules/.bin/tap', import.meta.url))
  const { status } = spawnSync(
    process.execPath,
    [tap, '--disable-coverage', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  )
  process.exitCode = status ?? 1
}
