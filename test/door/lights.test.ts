import t from 'tap'
import { lightAfter, lookAt, type Standing, worstOf } from '../../src/door/lights.ts'

t.test('waiting turns a light yellow, then red, just past each bound', async (t) => {
  const bounds = { yellow: 60, red: 600 }
  t.same(
    [0, 60, 61, 600, 601].map((seconds) => lightAfter(seconds, bounds)),
    ['green', 'green', 'yellow', 'yellow', 'red'],
  )
})

t.test('the worst light of several counts, and none is well', async (t) => {
  t.equal(worstOf(['green', 'red', 'yellow']), 'red')
  t.equal(worstOf(['yellow', 'green']), 'yellow')
  t.equal(worstOf([]), 'green')
})

t.test('a part that throws or says nothing is red, and holds no other up', async (t) => {
  const well = async (): Promise<Standing> => ({ light: 'green' })
  const found = await lookAt(
    [
      ['well', well],
      ['throwing', () => Promise.reject(new Error('a secret'))],
      ['mute', () => new Promise<Standing>(() => {})],
    ],
    20,
  )
  t.strictSame(found, [
    { part: 'well', silent: false, light: 'green' },
    { part: 'throwing', silent: true, light: 'red' },
    { part: 'mute', silent: true, light: 'red' },
  ])
})
