import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { makeServer } from '../../src/door/server.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { largestAppend, openLedger } from '../../src/ledger/ledger.ts'
import { ledgerRoutes } from '../../src/ledger/routes.ts'
import { openTileFiles } from '../../src/ledger/tile-files.ts'
import { openUpkeep } from '../../src/ledger/upkeep.ts'
import { signerFromSeed } from '../../src/proofs/note.ts'
import { fullTiles } from '../../src/proofs/tiles.ts'
import { transact } from '../../src/store/transact.ts'
import { freshDatabase } from '../support/postgres.ts'

const origin = 'keyholder.example/ledger'
const signer = await signerFromSeed(origin, systemRandomness.bytes(32))
const { db } = await (await freshDatabase(t, 'keyholder')).open()

const ledgerWith = (tileFolder?: string) =>
  openLedger({
    clock: systemClock,
    random: systemRandomness,
    origin,
    signer,
    ...(tileFolder === undefined ? {} : { tileFiles: openTileFiles(tileFolder) }),
  })

const append = (count: number) =>
  transact(db, 'test/append', (tx) =>
    ledgerWith().append(
      tx,
      Array.from({ length: count }, () => ({
        kind: 'epoch.open' as const,
        outcome: 'permit' as const,
        domain: 'thb',
        epoch: 1,
        publicKey: 'A'.repeat(43),
      })),
    ),
  )

const quiet = pino({ level: 'silent' })

async function serve(folder?: string) {
  const app = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger: quiet,
    publicUrl: 'https://keyholder.example',
    apiVersion: '0.1.0',
  })
  await app.register(ledgerRoutes(ledgerWith(folder), db))
  t.teardown(() => app.close())
  return async (path: string) => {
    const { statusCode, rawPayload, headers } = await app.inject(`/v1/ledger/tile/${path}`)
    return { statusCode, hex: rawPayload.toString('hex'), type: headers['content-type'] }
  }
}

t.test('how many tiles of each level are full', async (t) => {
  t.same(fullTiles(0), [])
  t.same(fullTiles(255), [])
  t.same(fullTiles(256), [1])
  t.same(fullTiles(70_000), [273, 1])
  t.same(fullTiles(256 ** 3), [65_536, 256, 1])
})

t.test('full tiles become files that never change, and are served the same', async (t) => {
  const folder = join(t.testdir(), 'tiles')
  const archived = ledgerWith(folder)
  await append(255)
  await archived.archiveTiles(db)
  t.throws(() => statSync(folder), 'a tile that is not full has no file')
  await append(largestAppend - 300)
  await archived.archiveTiles(db)
  const paths = ['0/000', '0/001', '0/002']
  const fromTables = await serve()
  const fromFiles = await serve(folder)
  for (const path of paths) {
    const file = join(folder, 'tile', path)
    t.equal(statSync(file).mode & 0o222, 0, 'nobody writes to it')
    const answer = await fromTables(path)
    t.equal(answer.statusCode, 200)
    t.equal(readFileSync(file, 'hex'), answer.hex)
    t.same(await fromFiles(path), answer)
  }
  t.throws(() => statSync(join(folder, 'tile/0/003')), 'the last one is not full')
  for (const path of ['0/003.p/10', '0/000.p/200', '1/000.p/3', '0/003', '0/004', '1/000']) {
    t.same({ ...(await fromFiles(path)), hex: '' }, { ...(await fromTables(path)), hex: '' }, path)
  }
  const before = paths.map((path) => statSync(join(folder, 'tile', path)).mtimeMs)
  await append(100)
  await archived.archiveTiles(db)
  t.same(
    paths.map((path) => statSync(join(folder, 'tile', path)).mtimeMs),
    before,
    'what has a file is left alone',
  )
  t.equal(statSync(join(folder, 'tile/0/003')).size, 8192)

  // A power cut in the middle of a file, on a disk that kept half of it.
  const half = join(t.testdir(), 'half')
  mkdirSync(join(half, 'tile/0'), { recursive: true })
  writeFileSync(join(half, 'tile/0/000'), Buffer.alloc(100))
  t.same(
    await (await serve(half))('0/000'),
    await fromTables('0/000'),
    'a torn file is passed over',
  )
})

t.test('a folder that cannot be written to holds nothing up, and is told once', async (t) => {
  const folder = join(t.testdir({ tiles: 'a file' }), 'tiles')
  const told: string[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void told.push(line) })
  let broken = true
  const ran: string[] = []
  const upkeep = openUpkeep({
    logger,
    works: [
      {
        name: 'tiles',
        run: () => (broken ? ledgerWith(folder).archiveTiles(db) : Promise.resolve()),
      },
      { name: 'other', run: async () => void ran.push('other') },
    ],
  })
  await upkeep.run()
  await upkeep.run()
  t.equal(told.length, 1)
  t.match(told[0], /the upkeep of the ledger fails/)
  t.equal(ran.length, 2, 'what comes after it is done')
  t.match(await append(1), { length: 1 })
  broken = false
  await upkeep.run()
  t.match(told[1], /works again/)
  await upkeep.close()
})
