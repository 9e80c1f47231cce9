import t from 'tap'
import { isPublic, openDestinations } from '../../src/notification/destination.ts'

t.test('only addresses of the public internet are public', (t) => {
  const notPublic = {
    'this machine': ['127.0.0.1', '127.255.255.254', '0.0.0.0', '::1', '::'],
    'private networks': [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      'fc00::1',
      'fd12::1',
    ],
    'link-local, with the metadata of clouds': ['169.254.169.254', 'fe80::1', 'fec0::1'],
    'shared by carriers': ['100.64.0.1', '100.127.255.255'],
    'many at once': ['224.0.0.1', '239.1.1.1', '255.255.255.255', 'ff02::1'],
    'for documentation and tests': [
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '2001:db8::1',
    ],
    reserved: ['240.0.0.1', '192.0.0.8', '100::1', '5f00::1'],
    'IPv4 inside IPv6': [
      '::ffff:10.0.0.1',
      '::ffff:7f00:1',
      '::7f00:1',
      '64:ff9b::a00:1',
      '64:ff9b:1::a00:1',
      '2002:a00:1::1',
      '2001:0:a00:1::1',
    ],
  }
  for (const [what, addresses] of Object.entries(notPublic)) {
    for (const address of addresses) t.notOk(isPublic(address), `${what}: ${address}`)
  }
  for (const address of ['8.8.8.8', '145.7.1.1', '2a00:1450:400e::5', '::ffff:8.8.8.8']) {
    t.ok(isPublic(address), address)
  }
  t.end()
})

t.test('all addresses of a name have to be allowed, and one of them is used', async (t) => {
  const at = (addresses: readonly string[], networks: readonly string[] = []) =>
    openDestinations({ networks, ports: [] }, async () => addresses).find('https://name.example/')
  t.match(await at(['8.8.8.8', '1.1.1.1']), { address: '8.8.8.8', family: 4 })
  t.equal(await at(['8.8.8.8', '10.0.0.1']), 'forbidden')
  t.match(await at(['10.0.0.1'], ['10.0.0.0/24']), { address: '10.0.0.1' })
  t.equal(await at(['10.0.1.1'], ['10.0.0.0/24']), 'forbidden')
  t.equal(await at(['::1'], ['127.0.0.0/8']), 'forbidden', 'a network is of its own kind')
  t.equal(await at([]), 'unknown')
  t.equal(await at(['no address']), 'forbidden')
  const failing = openDestinations({ networks: [], ports: [] }, async () => {
    throw new Error('no such name')
  })
  t.equal(await failing.find('https://name.example/'), 'unknown')
  t.equal(await failing.find('https://127.0.0.1/'), 'forbidden', 'a number is not resolved')
})
