import t from 'tap'
import { codeAt } from '../../src/console/accounts.ts'
import { csrfIn, makeVisitor, openConsoleHouse } from '../support/console.ts'

const house = await openConsoleHouse(t)
await house.admit('politie')
await house.admit('gemeente')
const anna = await house.employ('anna', 'politie', ['analyst'])
const rob = await house.employ('rob', 'gemeente', ['reporter'])
const { origin } = house

const begin = '/console/sign-in/begin'

t.test('an officer signs in with password and code, and is greeted in its language', async (t) => {
  const visitor = makeVisitor(origin)
  const away = await visitor.ask('/console')
  t.equal(away.status, 303)
  t.equal(away.location, '/console/sign-in?return=%2Fconsole')
  await house.signIn(anna, visitor)
  const page = await visitor.ask('/console')
  t.equal(page.status, 200)
  t.match(page.text, /Officer anna/)
  t.match(page.text, /Welkom/)
  t.match((await visitor.ask('/console?lang=en')).text, /Welcome/)
  t.match((await visitor.ask('/console')).text, /Welcome/, 'the language stays')
})

t.test('every page has headers that keep it from frames, foreign scripts and caches', async (t) => {
  const visitor = await house.signIn(anna)
  for (const path of ['/', '/console', '/console/sign-in', '/console/nowhere']) {
    const { headers } = await visitor.ask(path)
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]) {
      t.ok(policy.includes(part), `${path}: ${part}`)
    }
    t.notMatch(policy, /unsafe/)
    t.equal(headers.get('x-frame-options'), 'DENY', path)
    t.equal(headers.get('cache-control'), 'no-store', path)
  }
})

t.test(
  'a wrong password, a wrong code and a code that was used are told apart to nobody',
  async (t) => {
    const visitor = makeVisitor(origin)
    const { location: authorize } = await visitor.ask(begin)
    const { location: form } = await visitor.ask(authorize)
    const right = { account: rob.account, password: rob.plainPassword, code: house.nextCode(rob) }
    const wrongs = [
      { ...right, password: 'something else' },
      { ...right, code: '000000' },
      { ...right, account: 'nobody' },
    ]
    const texts = []
    for (const wrong of wrongs) {
      const answer = await visitor.send(form, wrong)
      t.equal(answer.status, 400)
      texts.push(answer.text)
      t.notMatch(answer.text, /something else/, 'what was typed is not repeated')
    }
    t.equal(new Set(texts).size, 1)
    t.equal((await visitor.send(form, right)).status, 303)
    const other = makeVisitor(origin)
    const { location: again } = await other.ask(begin)
    const { location: otherForm } = await other.ask(again)
    t.equal((await other.send(otherForm, right)).status, 400, 'the same code once more')
  },
)

t.test('after five wrong tries an account rests, also for who knows the password', async (t) => {
  const locked = await house.employ('lock', 'politie', ['analyst'])
  const visitor = makeVisitor(origin)
  const { location: authorize } = await visitor.ask(begin)
  const { location: form } = await visitor.ask(authorize)
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await visitor.send(form, { account: 'lock', password: 'no', code: '123456' })
  }
  const right = { account: 'lock', password: locked.plainPassword, code: house.nextCode(locked) }
  t.equal((await visitor.send(form, right)).status, 429)
})

t.test('a sign-in ends where it began, once, with its own state and nonce', async (t) => {
  const visitor = makeVisitor(origin)
  const callback = await house.reachCallback(anna, visitor)
  const thief = makeVisitor(origin)
  t.equal((await thief.ask(callback)).status, 400, 'another browser brings nothing with it')
  t.equal((await visitor.ask(callback)).status, 400, 'and has used it up')

  const own = await house.reachCallback(anna, visitor)
  const changed = new URL(own)
  changed.searchParams.set('state', 'x'.repeat(43))
  t.equal((await visitor.ask(changed.href)).status, 400, 'another state')
  const second = makeVisitor(origin)
  const good = await house.reachCallback(anna, second)
  const crossed = new URL(good)
  crossed.searchParams.set('code', new URL(own).searchParams.get('code') ?? '')
  t.equal((await second.ask(crossed.href)).status, 400, 'a code of another sign-in')

  const third = makeVisitor(origin)
  const used = await house.reachCallback(anna, third)
  t.equal((await third.ask(used)).status, 303)
  const session = third.jar.get('raakvlak-session')
  t.ok(session)
  t.equal((await third.ask(used)).status, 400, 'replayed')
})

t.test('where a sign-in leads back to is a path of the console', async (t) => {
  for (const [wanted, led] of [
    ['/console/sessions', '/console/sessions'],
    ['https://elsewhere.example/', '/console'],
    ['//elsewhere.example/', '/console'],
    ['/console/\\elsewhere', '/console'],
    ['/consoleelsewhere', '/console'],
  ] as const) {
    const visitor = makeVisitor(origin)
    const query = new URLSearchParams({ return: wanted })
    const callback = await house.reachCallback(anna, visitor, `${begin}?${query}`)
    t.equal((await visitor.ask(callback)).location, led, wanted)
  }
})

t.test('a session number that a browser brings is never taken over', async (t) => {
  const visitor = makeVisitor(origin)
  const planted = 'A'.repeat(43)
  visitor.jar.set('raakvlak-session', planted)
  await house.signIn(anna, visitor)
  const own = visitor.jar.get('raakvlak-session')
  t.not(own, planted)
  await house.signIn(anna, visitor)
  t.not(visitor.jar.get('raakvlak-session'), own, 'a new one at each sign-in')
  const former = makeVisitor(origin)
  former.jar.set('raakvlak-session', own ?? '')
  t.equal((await former.ask('/console')).status, 303, 'and the former one is over')
})

t.test('a session is of no use in another browser', async (t) => {
  const visitor = await house.signIn(anna)
  const other = makeVisitor(origin, 'another browser')
  other.jar.set('raakvlak-session', visitor.jar.get('raakvlak-session') ?? '')
  t.equal((await other.ask('/console')).status, 303)
})

t.test('the database holds neither the session number nor the name of an officer', async (t) => {
  const visitor = await house.signIn(anna)
  const rows = await house.db.gateway.selectFrom('console_session').selectAll().execute()
  const kept = Buffer.concat(rows.flatMap((row) => [row.id_hash, row.name, row.csrf]))
  const number = Buffer.from(visitor.jar.get('raakvlak-session') ?? '', 'base64url')
  t.notOk(kept.includes(number))
  t.notOk(kept.includes('Officer anna'))
})

t.test('a form counts only from this console and this session', async (t) => {
  const visitor = await house.signIn(anna)
  const csrf = csrfIn((await visitor.ask('/console')).text)
  const other = await house.signIn(rob)
  const theirs = csrfIn((await other.ask('/console')).text)
  t.ok(csrf)
  for (const [what, fields, headers] of [
    ['no token', {}, {}],
    ['a token of another session', { csrf: theirs }, {}],
    ['another origin', { csrf }, { origin: 'https://elsewhere.example' }],
    ['no origin', { csrf }, { origin: 'null' }],
  ] as const) {
    t.equal((await visitor.send('/console/sign-out', fields, headers)).status, 403, what)
  }
  t.equal((await visitor.ask('/console')).status, 200, 'still signed in')
  const kept = visitor.jar.get('raakvlak-session') ?? ''
  t.equal((await visitor.send('/console/sign-out', { csrf })).status, 303)
  visitor.jar.set('raakvlak-session', kept)
  t.equal((await visitor.ask('/console')).status, 303, 'signed out, whatever the browser keeps')
})

t.test('all sessions of an officer end at once, and nobody else’s', async (t) => {
  const one = await house.signIn(anna)
  const two = await house.signIn(anna)
  const bystander = await house.signIn(rob)
  const page = (await one.ask('/console/sessions')).text
  t.equal((await one.send('/console/sessions/end', { csrf: csrfIn(page) })).status, 303)
  t.equal((await two.ask('/console')).status, 303)
  t.equal((await bystander.ask('/console')).status, 200)
})

t.test('what an officer proves again is its own, and forms stay good', async (t) => {
  const visitor = await house.signIn(anna)
  const former = visitor.jar.get('raakvlak-session')
  const csrf = csrfIn((await visitor.ask('/console')).text)
  await house.signIn(anna, visitor, '/console/prove/begin?return=/console/proved')
  t.not(visitor.jar.get('raakvlak-session'), former)
  t.equal(csrfIn((await visitor.ask('/console')).text), csrf)
  const callback = await house.reachCallback(rob, visitor, '/console/prove/begin')
  t.equal((await visitor.ask(callback)).status, 403, 'somebody else confirmed')
  t.equal((await visitor.ask('/console')).status, 303, 'nobody is signed in')
})

t.test('an agency that is suspended has no console any more', async (t) => {
  const gone = await house.admit('gone')
  const officer = await house.employ('gone', 'gone', ['analyst'])
  const visitor = await house.signIn(officer)
  t.equal((await visitor.ask('/console')).status, 200)
  await house.pin('gateway', gone, { active: false })
  t.equal((await visitor.ask('/console')).status, 403)
  const again = makeVisitor(origin)
  t.equal((await again.ask(await house.reachCallback(officer, again))).status, 403)
})

t.test('somebody without a role here, or of an unknown agency, is refused', async (t) => {
  const stranger = await house.employ('stranger', 'nowhere', ['analyst'])
  const visitor = makeVisitor(origin)
  t.equal((await visitor.ask(await house.reachCallback(stranger, visitor))).status, 403)
})

t.test('a code is not taken before its time or long after', async (t) => {
  const visitor = makeVisitor(origin)
  const { location: authorize } = await visitor.ask(begin)
  const { location: form } = await visitor.ask(authorize)
  house.clock.advance(30)
  const later = codeAt(anna.totp, new Date(house.clock.now().getTime() + 120_000))
  const answer = await visitor.send(form, {
    account: anna.account,
    password: anna.plainPassword,
    code: later,
  })
  t.equal(answer.status, 400)
})

t.test(
  'a session ends after 15 minutes without a click, and after 8 hours with them',
  async (t) => {
    const idle = await house.signIn(rob)
    const busy = await house.signIn(anna)
    house.clock.advance(14 * 60)
    t.equal((await busy.ask('/console')).status, 200)
    house.clock.advance(2 * 60)
    t.equal((await idle.ask('/console')).status, 303)
    t.equal((await busy.ask('/console')).status, 200)
    for (let minutes = 16; minutes < 8 * 60 - 14; minutes += 14) {
      house.clock.advance(14 * 60)
      await busy.ask('/console')
    }
    t.equal((await busy.ask('/console')).status, 200)
    house.clock.advance(14 * 60)
    t.equal((await busy.ask('/console')).status, 303)
  },
)
