import type { Page } from 'playwright-core'

/** What a walk by keyboard found wrong; all empty is right. */
export type KeyboardFaults = {
  /** Never reached by Tab. */
  readonly missed: readonly string[]
  /** Reached, but before something that stands ahead of it. */
  readonly outOfOrder: readonly string[]
  /** Reached without anything that shows where one is. */
  readonly unseen: readonly string[]
  /** Where the walk was caught, when it never came round. */
  readonly trap: readonly string[]
}

/** Everything on the page that can be used, as it stands in the document. Of a group of radio buttons Tab reaches one. */
const listUsable = (page: Page) =>
  page.evaluateHandle(() => {
    const usable = 'a[href], button, input, select, textarea, summary, [tabindex]'
    const groups = new Set<string>()
    return [...document.querySelectorAll<HTMLElement>(usable)].filter((element) => {
      if (element.tabIndex < 0 || element.matches(':disabled, [type="hidden"]')) return false
      if (!element.checkVisibility({ visibilityProperty: true })) return false
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
      const forms = [...document.forms]
      const group = `${element.form === null ? -1 : forms.indexOf(element.form)} ${element.name}`
      const root: ParentNode = element.form ?? document
      const checked = root.querySelector(`input[name="${CSS.escape(element.name)}"]:checked`)
      if (groups.has(group) || (checked !== null && checked !== element)) return false
      groups.add(group)
      return true
    })
  })

/** Tabs once around the page, and back to where the focus was. */
export async function walkByKeyboard(page: Page): Promise<KeyboardFaults> {
  const before = await page.evaluateHandle(() => document.activeElement)
  const usable = await listUsable(page)
  const names = await usable.evaluate((all) =>
    all.map((element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120)),
  )
  const nameOf = (index: number): string => names[index] ?? '?'
  const reached: number[] = []
  const unseen: number[] = []
  let around = names.length === 0
  await usable.evaluate((all) => all[0]?.focus())
  // A field for a date has a stop for each of its parts.
  for (let press = 0; press < names.length * 5 + 20 && !around; press += 1) {
    await page.keyboard.press('Tab')
    const { index, shows } = await usable.evaluate((all) => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return { index: -1, shows: true }
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      const outlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0
      return { index: all.indexOf(element), shows: outlined || boxShadow !== 'none' }
    })
    if (index === -1 || index === reached.at(-1)) continue
    around = index === 0
    reached.push(index)
    if (!shows) unseen.push(index)
  }
  await before.evaluate((element) => {
    if (element instanceof HTMLElement) element.focus()
  })
  // The walk goes round, so that it cannot tell where it would have begun: an order of its own tells.
  const ahead = await usable.evaluate((all) =>
    all.flatMap(({ tabIndex }, index) => (tabIndex > 0 ? [index] : [])),
  )
  const inTurn = reached.filter((index) => index !== 0)
  return {
    missed: names.filter((_, index) => !reached.includes(index)),
    outOfOrder: [
      ...ahead,
      ...inTurn.filter((index, at) => at > 0 && index < (inTurn[at - 1] ?? 0)),
    ].map(nameOf),
    unseen: unseen.map(nameOf),
    trap: around ? [] : reached.slice(-1).map(nameOf),
  }
}

/** Bytes of all that the page loaded, as they were compressed, from wherever they came; each address once. */
export const weightOf = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const sizes = new Map<string, number>()
    for (const entry of performance.getEntries()) {
      const { name, encodedBodySize } = entry as PerformanceResourceTiming
      if (encodedBodySize === undefined) continue
      sizes.set(name, Math.max(sizes.get(name) ?? 0, encodedBodySize))
    }
    return [...sizes.values()].reduce((sum, size) => sum + size, 0)
  })
