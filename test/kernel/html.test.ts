import t from 'tap'
import { texts, textsIn } from '../../src/console/texts.ts'
import { html } from '../../src/kernel/html.ts'

t.test('what stands in a template is text, whatever it looks like', async (t) => {
  const nasty = `<script>alert("1")</script>' onload='x & y`
  const { text } = html`<p title="${nasty}">${nasty}</p>`
  t.notMatch(text, /<script|"1"|' onload/)
  t.equal(text.split('&lt;script&gt;').length, 3)
  t.equal(html`${[html`<b>${'<'}</b>`, undefined, false, null, 7]}`.text, '<b>&lt;</b>7')
})

t.test('both languages say the same things', async (t) => {
  const { nl, en } = texts
  t.same(Object.keys(nl).sort(), Object.keys(en).sort())
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort()
  for (const [key, text] of Object.entries(en)) {
    t.same(places(nl[key as keyof typeof en]), places(text), key)
    t.not(text.trim(), '', key)
  }
  t.equal(textsIn('nl')('start.open', { count: 3 }), 'Raakvlakken in uw werkvoorraad: 3')
})
