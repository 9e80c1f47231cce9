import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import t from 'tap'
import { ledgerEntriesPage } from '../../scripts/write-docs/ledger-entries.ts'
import { makeServer } from '../../src/door/server.ts'
import { fromBase64 } from '../../src/kernel/bytes.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { systemRandomness } from '../../src/kernel/random.ts'
import { entryKinds } from '../../src/ledger/entries.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { ledgerRoutes } from '../../src/ledger/routes.ts'
import { openCheckpoint } from '../../src/proofs/checkpoint.ts'
import { entryLeaf } from '../../src/proofs/entry.ts'
import { verifyConsistency, verifyInclusion } from '../../src/proofs/merkle.ts'
import { signerFromSeed } from '../../src/proofs/note.ts'
import { transact } from '../../src/store/transact.ts'
import { freshDatabase } from '../support/postgres.ts'

const origin = 'keyholder.example/ledger'
const signer = await signerFromSeed(origin, systemRandomness.bytes(32))

async function ledgerOf(t: Parameters<typeof freshDatabase>[0], entries: number) {
  const fresh = await freshDatabase(t, 'keyholder')
  const { db } = await fresh.open()
  const ledger = openLedger({ clock: systemClock, random: systemRandomness, origin, signer })
  const append = () =>
    transact(db, 'test/append', (tx) =>
      ledger.append(tx, [
        {
          kind: 'epoch.open',
          outcome: 'permit',
          domain: 'thb',
          epoch: 1,
          publicKey: 'A'.repeat(43),
        },
      ]),
    )
  const appended = []
  for (let at = 0; at < entries; at += 1) appended.push(...(await append()))
  return { db, ledger, append, appended, url: fresh.url }
}

t.test('anyone can fetch the checkpoint and proofs, and check them', async (t) => {
  const { db, ledger, append, appended } = await ledgerOf(t, 6)
  const app = makeServer({
    clock: systemClock,
    random: systemRandomness,
    logger: pino({ level: 'silent' }),
    publicUrl: 'https://keyholder.example',
    apiVersion: '0.1.0',
  })
  await app.register(ledgerRoutes(ledger, db))
  t.teardown(() => app.close())

  const first = await app.inject('/v1/ledger/checkpoint')
  t.equal(first.statusCode, 200)
  t.match(first.headers['content-type'], /^text\/plain/)
  const older = await openCheckpoint(first.body, signer.verifierKey)
  await append()
  const second = await app.inject('/v1/ledger/checkpoint')
  const newer = await openCheckpoint(second.body, signer.verifierKey)
  t.same([older.size, newer.size], [6, 7])

  const grown = await app.inject('/v1/ledger/consistency-proofs?from=6&to=7')
  t.match(grown.json(), { from: 6, to: 7 })
  const proof = grown.json().hashes.map(fromBase64)
  verifyConsistency({ from: 6, to: 7, fromRoot: older.root, toRoot: newer.root, proof })

  const included = await app.inject('/v1/ledger/inclusion-proofs?leafIndex=2&treeSize=7')
  verifyInclusion({
    index: 2,
    size: 7,
    leaf: entryLeaf(fromBase64(appended[2]!.receipt.commitment)),
    root: newer.root,
    proof: included.json().hashes.map(fromBase64),
  })

  for (const query of [
    'leafIndex=7&treeSize=7',
    'leafIndex=0&treeSize=8',
    'leafIndex=0&treeSize=0',
  ]) {
    const answer = await app.inject(`/v1/ledger/inclusion-proofs?${query}`)
    t.equal(answer.statusCode, 400, query)
    t.match(answer.json().type, /ledger\/out-of-range/, query)
  }
  for (const query of [
    '',
    '?from=1',
    '?from=1&to=x',
    '?from=-1&to=3',
    '?from=1&to=1e1',
    '?from=1&to=2&all=1',
  ]) {
    const answer = await app.inject(`/v1/ledger/consistency-proofs${query}`)
    t.equal(answer.statusCode, 400, query)
    t.match(answer.json().type, /door\/invalid-input/, query)
  }
})

const script = (name: string) => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url))

const run = (file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

const exportLedgerOf = (url: string, out: string, ...more: readonly string[]) =>
  run(
    script('export-ledger.ts'),
    ['--operator', 'keyholder', '--url-variable', 'LEDGER_DATABASE', '--out', out, ...more],
    { ...process.env, LEDGER_DATABASE: url },
  )

t.test('an auditor exports a ledger and verifies it on another machine', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const at = (name: string) => join(folder, name)
  const { db, ledger, append, appended, url } = await ledgerOf(t, 3)
  await writeFile(at('checkpoint'), await ledger.checkpoint(db))
  await writeFile(at('receipt.json'), JSON.stringify(appended[1]!.receipt))
  await append()
  const exported = await exportLedgerOf(url, at('ledger.jsonl'))
  t.equal(exported.code, 0, exported.stderr)

  const held = ['--checkpoint', at('checkpoint'), '--receipt', at('receipt.json')]
  const key = ['--key', signer.verifierKey]
  const whole = await run(script('verify-ledger.ts'), [at('ledger.jsonl'), ...key, ...held])
  t.match(whole, {
    code: 0,
    stdout: /The ledger is whole: 4 entries, 0 of them erased, signature verified/,
  })
  const keep = ['--keep', at('verified.json')]
  t.match(await run(script('verify-ledger.ts'), [at('ledger.jsonl'), ...key, ...keep]), { code: 0 })
  await append()
  t.equal((await exportLedgerOf(url, at('later.jsonl'), '--from', '4')).code, 0)
  const after = ['--after', at('verified.json')]
  t.match(await run(script('verify-ledger.ts'), [at('later.jsonl'), ...key, ...after]), {
    code: 0,
    stdout: /The ledger is whole: 5 entries/,
  })
  await writeFile(at('verified.json'), '{}')
  t.match(await run(script('verify-ledger.ts'), [at('later.jsonl'), ...key, ...after]), {
    code: 2,
    stderr: /is not what --keep wrote/,
  })
  const unsigned = await run(script('verify-ledger.ts'), [at('ledger.jsonl')])
  t.match(unsigned, { code: 0, stdout: /says nothing about who made this ledger/ })
  t.match(await run(script('verify-ledger.ts'), [at('ledger.jsonl'), ...held]), { code: 2 })

  await db.updateTable('ledger_entry').set({ kind: 'agency.card' }).where('index', '=', 2).execute()
  await exportLedgerOf(url, at('ledger.jsonl'))
  const changed = await run(script('verify-ledger.ts'), [at('ledger.jsonl'), ...key, '--json'])
  t.equal(changed.code, 1)
  t.match(JSON.parse(changed.stdout), { verified: false, size: 5, problems: [{ index: 2 }] })
})

t.test('the page about entries names every kind and every field', async (t) => {
  const page = ledgerEntriesPage()
  for (const [kind, { fields }] of Object.entries(entryKinds)) {
    const section = page.split('\n## ').find((part) => part.startsWith(`\`${kind}\``))
    t.ok(section, kind)
    for (const name of Object.keys(fields)) t.match(section, `| \`${name}\` |`, `${kind}.${name}`)
  }
})
