import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { makeAgencyKeys, rootThumbprintOf } from '../../src/client/agency-keys.ts'
import {
  type AuditPins,
  type AuditReport,
  unreadablePackage,
  verifyAuditPackage,
} from '../../src/evidence/verify.ts'
import { unpack } from '../../src/evidence/zip.ts'
import { canonicalText } from '../../src/kernel/canonical.ts'
import { signerFromSeed } from '../../src/proofs/note.ts'
import { signStatement } from '../../src/proofs/statement.ts'
import { bytesOf, packageOf, packageYear, tampered, textIn } from '../support/audit-package.ts'
import { openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

const house = await openHouse(t)
const politie = await house.admit('politie')
const gemeente = await house.admit('gemeente')
const under = await house.agree([politie, gemeente])
const absent = '00000000-0000-4000-8000-000000000000'
const pins: AuditPins = {
  gateway: house.pins.gateway.rootThumbprint,
  keyholder: house.pins.keyholder.rootThumbprint,
}
const verify = (zip: Uint8Array, by: AuditPins = pins): Promise<AuditReport> => {
  try {
    return verifyAuditPackage(unpack(zip), by)
  } catch (error) {
    return Promise.resolve(unreadablePackage(error))
  }
}
const wrongCodes = ({ findings }: AuditReport): string[] => [
  ...new Set(findings.filter(({ ok }) => !ok).map(({ code }) => code)),
]

for (const [agency, subject] of [
  [politie, 'anna'],
  [gemeente, 'anna'],
  [politie, 'bob'],
] as const) {
  await agency.call('POST', '/v1/signals', signalAbout({ bsn: subject }, under))
}
for (let count = 0; count < 5; count += 1) await politie.call('GET', `/v1/signals/${absent}`)
const earlier = await packageOf(politie)
for (let count = 0; count < 5; count += 1) await gemeente.call('GET', `/v1/signals/${absent}`)
await politie.call('GET', `/v1/signals/${absent}`)
const zip = await packageOf(politie)

t.test('a package verifies whole, step by step, under the keys that were pinned', async (t) => {
  const report = await verify(zip)
  t.strictSame(wrongCodes(report), [])
  t.equal(report.verdict, 'verified')
  const codes = new Set(report.findings.map(({ code }) => code))
  for (const code of [
    'manifest-signed',
    'pinned',
    'file-right',
    'keys-signed',
    'checkpoint-signed',
    'cosigned',
    'entries-proven',
    'count-right',
    'figures-right',
    'agreement-right',
    'policies-right',
  ] as const)
    t.ok(codes.has(code), code)
  t.match(report.manifest, { agency: 'politie', year: packageYear, ledger: { size: Number } })
  t.equal((await verify(zip, {})).verdict, 'not-pinned', 'without pins it says so')
})

t.test('it holds the agency’s own acts, each of them, and no other’s', async (t) => {
  const { files } = unpack(zip)
  const all = Object.fromEntries(files)
  const acts = textIn(all, 'acts.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(JSON.parse(line).entry))
  t.equal(
    acts.filter(({ kind, outcome }) => kind === 'signal.read' && outcome === 'refuse').length,
    6,
  )
  t.ok(acts.every(({ agency }) => agency === 'politie'))
  const { body } = await politie.call<{ accesses: unknown[] }>(
    'GET',
    '/v1/accesses?occasion=inspection',
  )
  t.equal(
    acts.length,
    body.accesses.length - 1,
    'as many as the explorer shows, but for the act itself',
  )
  t.match(textIn(all, 'acts.csv'), new RegExp(`rows;${acts.length}\\r\\n$`))
  const events = textIn(all, 'events.jsonl')
  for (const kind of ['operator.start', 'agency.pin', 'agreement.sign', 'agency.card'])
    t.match(events, kind)
  t.notMatch(events + textIn(all, 'acts.jsonl'), /client\\":\\"[^"]*\\"[^}]*agency\\":\\"gemeente/)
  t.notMatch(
    [...files.keys()].map((path) => textIn(all, path)).join(),
    /CASE-1|caseReference|tokens\\"/,
  )
})

t.test(
  'the act is on the ledger with its occasion, and as many acts as the package has',
  async (t) => {
    const entries = await house.entries('gateway')
    const { files } = unpack(zip)
    const lines = textIn(Object.fromEntries(files), 'acts.jsonl').trim().split('\n').length
    t.match(entries.filter(({ kind }) => kind === 'audit.package').at(-1), {
      outcome: 'permit',
      agency: 'politie',
      occasion: 'inspection',
      year: packageYear,
      answerSize: lines,
    })
    const path = `/v1/audit-package?year=${packageYear}&occasion=inspection`
    const asZip = { headers: { accept: 'application/zip' } }
    t.match(await politie.call('GET', path, undefined, { ...asZip, scopes: ['read'] }), {
      status: 403,
    })
    t.match(await politie.call('GET', path.replace('2026', '2199'), undefined, asZip), {
      status: 409,
      code: 'audit/ahead',
    })
    t.match(await politie.call('GET', `/v1/audit-package?year=${packageYear}`), { status: 400 })
  },
)

type Files = Record<string, Uint8Array>
const edit = (path: string, change: (text: string) => string) => (files: Files) => {
  const before = textIn(files, path)
  const after = change(before)
  if (after === before) throw new Error(`${path} was not changed`)
  files[path] = bytesOf(after)
}
const lines = (text: string) => text.trimEnd().split('\n')

t.test('whatever is done to a package by whoever has it, is found', async (t) => {
  const forger = await makeAgencyKeys()
  const tampering: Record<string, readonly [(files: Files) => unknown, ...string[]]> = {
    'an act edited': [
      edit('acts.jsonl', (text) => text.replace('refuse', 'permit')),
      'file-changed',
      'entries-wrong',
    ],
    'an act deleted': [
      edit('acts.jsonl', (text) => `${lines(text).slice(1).join('\n')}\n`),
      'file-changed',
      'count-wrong',
      'figures-wrong',
    ],
    'an act told twice': [
      edit('acts.jsonl', (text) => `${text}${lines(text)[0]}\n`),
      'count-wrong',
    ],
    'acts in another order': [
      edit('acts.jsonl', (text) => `${lines(text).reverse().join('\n')}\n`),
      'file-changed',
    ],
    'the last line cut off': [edit('acts.jsonl', (text) => text.slice(0, -20)), 'entries-wrong'],
    'a cell of the table edited': [
      edit('acts.csv', (text) => text.replace('refuse', 'permit')),
      'file-changed',
    ],
    'a figure edited': [
      edit('figures.json', (text) => text.replace(/"refuse":\d+/, '"refuse":0')),
      'figures-wrong',
    ],
    'an agreement edited': [
      edit('agreements.json', (text) => text.replace('A test', 'B test')),
      'agreement-wrong',
    ],
    'a policy edited': [
      edit('policies.json', (text) => text.replace('permit', 'forbid')),
      'policies-wrong',
    ],
    'the page edited': [edit('index.html', (text) => text.replace('fout', 'goed')), 'file-changed'],
    'a node edited': [
      edit('ledger/nodes.jsonl', (text) => text.replace(/"[A-Za-z0-9+/]{4}/, '"AAAA')),
      'entries-wrong',
    ],
    'a file deleted': [
      (files) => {
        delete files['events.jsonl']
      },
      'file-missing',
    ],
    'a file added': [
      (files) => {
        files['extra.txt'] = bytesOf('x')
      },
      'file-added',
    ],
    'files in another order': [
      (files) => Object.fromEntries(Object.entries(files).reverse()),
      'files-moved',
    ],
    'an older checkpoint': [
      (files) => {
        files['ledger/checkpoint.txt'] =
          unpack(earlier).files.get('ledger/checkpoint.txt') ?? bytesOf('')
      },
      'checkpoint-wrong',
    ],
    'the list of an older package': [
      (files) => {
        for (const path of ['manifest.json', 'manifest.jws'])
          files[path] = unpack(earlier).files.get(path) ?? bytesOf('')
      },
      'file-changed',
      'checkpoint-wrong',
    ],
    'no list': [
      (files) => {
        delete files['manifest.jws']
      },
      'manifest-missing',
    ],
    'the readable list edited': [
      edit('manifest.json', (text) => text.replace('politie', 'gemeente')),
      'manifest-copy',
    ],
    'keys of another ledger': [
      (files) => {
        files['keys/gateway.jws'] = files['keys/keyholder.jws'] ?? bytesOf('')
      },
      'keys-wrong',
    ],
    'no keys of the keyholder': [
      (files) => {
        delete files['keys/keyholder.jws']
      },
      'file-missing',
    ],
  }
  for (const [what, [change, ...expected]] of Object.entries(tampering)) {
    const report = await verify(tampered(zip, change))
    t.equal(report.verdict, 'wrong', what)
    for (const code of expected) t.ok(wrongCodes(report).includes(code), `${what}: ${code}`)
  }
  for (const part of [0.3, 0.9, 0.999]) {
    const cut = zip.slice(0, Math.floor(zip.length * part))
    t.strictSame(wrongCodes(await verify(cut)), ['zip-broken'], `cut off at ${part}`)
  }

  const forged = async (files: Files) => {
    const manifest = JSON.parse(textIn(files, 'manifest.json'))
    manifest.gatewayRoot = await rootThumbprintOf(forger)
    files['manifest.json'] = bytesOf(canonicalText(manifest))
    files['manifest.jws'] = bytesOf(await signStatement('audit-manifest', manifest, forger.root))
    return files
  }
  const swapped = tampered(zip, () => {})
  const files = await forged(Object.fromEntries(unpack(swapped).files))
  const report = await verify(tampered(zip, () => files))
  t.ok(wrongCodes(report).includes('other-key'), 'another key under the list')
  t.ok(
    wrongCodes(
      await verify(
        tampered(zip, () => files),
        {},
      ),
    ).includes('keys-wrong'),
    'without pins, too: it did not sign the keys of the ledger',
  )
})

t.test('who forges everything, keys too, is found by the pins', async (t) => {
  const forger = await makeAgencyKeys()
  const gatewayRoot = await rootThumbprintOf(forger)
  const signer = await signerFromSeed('test.example/gateway', new Uint8Array(32).fill(7))
  const files: Files = Object.fromEntries(unpack(zip).files)
  const keys = {
    operator: 'gateway',
    ledgerKey: signer.verifierKey,
    witnessKey: signer.verifierKey,
  }
  files['keys/gateway.jws'] = bytesOf(await signStatement('operator-keys', keys, forger.root))
  const manifest = JSON.parse(textIn(files, 'manifest.json'))
  const signed = await signStatement('audit-manifest', { ...manifest, gatewayRoot }, forger.root)
  files['manifest.jws'] = bytesOf(signed)
  t.ok(wrongCodes(await verify(tampered(zip, () => files))).includes('other-key'))
})

t.test('the program in it verifies on Node 20 or later, with nothing else at hand', async (t) => {
  const node = process.execPath
  const folder = join(house.folder, 'unpacked')
  const { files } = unpack(zip)
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  const run = async (...words: readonly string[]) =>
    promisify(execFile)(node, [join(folder, 'verify.mjs'), ...words], { cwd: folder, env: {} })
      .then(({ stdout }) => ({ code: 0, out: stdout }))
      .catch(({ code, stdout }) => ({ code, out: stdout }))
  const by = ['--gateway', pins.gateway ?? '', '--keyholder', pins.keyholder ?? '']
  const whole = await run('--en', ...by)
  t.equal(whole.code, 0, whole.out)
  t.match(whole.out, /Everything holds, under the keys that you pinned/)
  t.match((await run()).out, /Alles past bij elkaar/)
  const file = join(house.folder, 'package.zip')
  await writeFile(file, zip)
  t.match(await run(file, '--en'), { code: 0, out: /stand on the ledger/ })
  await writeFile(join(folder, 'acts.csv'), 'index;at\r\n')
  t.match(await run('--en', ...by), { code: 1, out: /WRONG {2}acts\.csv was changed/ })
  await writeFile(join(folder, 'note.txt'), 'added')
  t.match(await run('--en', ...by), { code: 1, out: /note\.txt was added/ })
})
