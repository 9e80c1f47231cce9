import t from 'tap'
import { noBrowser, openBrowser, visit } from '../support/browser.ts'
import { walkByKeyboard, weightOf } from '../support/keyboard.ts'

if (noBrowser) t.plan(0, noBrowser)
else await plantFaults()

/** The walk and the scales themselves: they find what is planted, so that silence means something. */
async function plantFaults(): Promise<void> {
  const browser = await openBrowser(t)
  const { page } = await visit(browser)
  const walked = async (body: string) => {
    await page.setContent(`<!doctype html><html lang="en"><title>x</title>${body}</html>`)
    return walkByKeyboard(page)
  }
  const right =
    '<a href="#a">a</a><input type="date"><details><summary>s</summary><a href="#b">b</a></details>'
  const radios = '<form><input type="radio" name="r"><input type="radio" name="r" checked></form>'

  await t.test('a page that is right passes', async (t) => {
    const none = { missed: [], outOfOrder: [], unseen: [], trap: [] }
    t.strictSame(await walked(`${right}${radios}<button>c</button>`), none)
  })
  await t.test('what takes another turn than it stands is found', async (t) => {
    const { outOfOrder } = await walked(
      '<a href="#a">a</a><a href="#b">b</a><a href="#c" tabindex="1">c</a>',
    )
    t.ok(outOfOrder.length > 0)
  })
  await t.test('a focus that does not show is found', async (t) => {
    const { unseen } = await walked(
      '<style>#b { outline: none }</style><a href="#a">a</a><a id="b" href="#b">b</a>',
    )
    t.match(unseen, [/id="b"/])
  })
  await t.test('a trap is found, and what lies behind it', async (t) => {
    const { trap, missed } = await walked(
      '<a href="#a">a</a><a id="b" href="#b" onkeydown="event.preventDefault()">b</a><a id="c" href="#c">c</a>',
    )
    t.match(trap, [/id="b"/])
    t.match(missed.join(' '), /id="c"/)
  })
  await t.test('a page that loads much weighs much', async (t) => {
    await page.route('http://page.example/**', (route) =>
      route.request().url().endsWith('.css')
        ? route.fulfill({ contentType: 'text/css', body: `/*${'x'.repeat(200_000)}*/` })
        : route.fulfill({
            contentType: 'text/html',
            body: '<link rel="stylesheet" href="/a.css">',
          }),
    )
    await page.goto('http://page.example/')
    t.ok((await weightOf(page)) > 200_000)
  })
}
