import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumProgram, howToInstall } from './chromium.ts'
import { walkByKeyboard, weightOf } from './keyboard.ts'
import type { Haystack } from './leak-search.ts'

/** Why no browser test can run here; nothing when they can. */
export const noBrowser: string | false =
  chromiumProgram !== undefined ? false : `SKIPPED: there is no Chromium here. ${howToInstall}`
if (noBrowser !== false) process.stderr.write(`\n*** ${noBrowser} ***\n\n`)

/** Where every page has to be readable: a desk, and a telephone or a desk at 400 %. */
export const widths = [1280, 320] as const

export type Visit = {
  readonly page: Page
  readonly context: BrowserContext
  /** All that left the browser. */
  readonly traffic: Haystack[]
  /** What it was answered, but for addresses to go to instead and answers that nobody waited for. */
  readonly answers: Haystack[]
  /** Faults of the page, and breaches of its content security policy. */
  readonly faults: string[]
}

const screenshots = fileURLToPath(new URL('../../screenshots', import.meta.url))
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
)

/** One browser for a test file. */
export async function openBrowser(t: {
  readonly teardown: (work: () => Promise<void>) => void
}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumProgram ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  })
  t.teardown(() => browser.close())
  return browser
}

/** A fresh visitor: nothing kept from others, and everything that passes written down. */
export async function visit(
  browser: Browser,
  {
    width = 1280,
    javaScript = true,
    language = 'nl-NL',
  }: {
    readonly width?: number
    readonly javaScript?: boolean
    readonly language?: string
  } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: javaScript,
    locale: language,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const traffic: Haystack[] = []
  const answers: Haystack[] = []
  const faults: string[] = []
  page.on('response', (response) => {
    const keep = (bytes: Buffer) =>
      void answers.push({ name: `answer from ${response.url()}`, bytes, raw: false })
    response.body().then(keep, () => {})
  })
  page.on('request', (request) => {
    const said = [request.method(), request.url(), JSON.stringify(request.headers())]
    const text = [...said, request.postData() ?? ''].join('\n')
    traffic.push({ name: request.url(), bytes: Buffer.from(text), raw: false })
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      faults.push(message.text())
    }
  })
  if (javaScript) {
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`policy: ${violatedDirective} ${blockedURI}`),
      )
    })
  }
  return { page, context, traffic, answers, faults }
}

/** What axe-core finds wrong with the page as it stands. */
export async function axe(page: Page): Promise<string[]> {
  // The page's own policy lets no text become code: this goes past it, as developer tools do.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: axeSource })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`,
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  return result.value
}

/** Keeps a picture for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
}

/** On paper the page says on each sheet who took it and for what, and shows nothing to press or to go to. */
export async function printed(
  t: {
    readonly match: (found: unknown, wanted: RegExp, message: string) => boolean
    readonly equal: (found: unknown, wanted: unknown, message: string) => boolean
  },
  page: Page,
  mark: RegExp,
): Promise<void> {
  const shown = page.locator('.raakvlak-print-mark')
  t.equal(await shown.isVisible(), false, 'no mark on the screen')
  await page.emulateMedia({ media: 'print' })
  t.match(await shown.innerText(), mark, 'who printed it, and for what')
  const place = await shown.evaluate((element) => getComputedStyle(element).display)
  t.equal(place, 'table-header-group', 'on each sheet: the head of a table comes back')
  const left = await page.locator('nav:visible, form:visible, button:visible').count()
  t.equal(left, 0, 'nothing to press')
  t.equal(await page.locator('h1').isVisible(), true, 'the page itself is there')
  await page.emulateMedia({ media: 'screen' })
}

/** Most bytes, compressed, that a page of the console loads, and the page of an agency on which signals are entered. */
export const heaviest = { console: 100_000, entry: 600_000 } as const

/**
 * Keeps a picture, and has nothing stick out sideways, axe find nothing, the page weigh little, and Tab reach all
 * that can be used on it, in order, in sight and around.
 */
export async function lookAt(
  t: {
    readonly equal: (found: unknown, wanted: unknown, message: string) => boolean
    readonly strictSame: (found: unknown, wanted: unknown, message: string) => boolean
  },
  page: Page,
  name: string,
  limit: number = heaviest.console,
): Promise<void> {
  await picture(page, name)
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  t.equal(wider <= 0, true, `${name}: nothing sticks out sideways (${wider} px)`)
  t.strictSame(await axe(page), [], `${name}: axe finds nothing`)
  const weight = await weightOf(page)
  t.equal(weight > 0 && weight < limit, true, `${name}: weighs ${weight} bytes`)
  const faults = { missed: [], outOfOrder: [], unseen: [], trap: [] }
  t.strictSame(await walkByKeyboard(page), faults, `${name}: all of it by keyboard`)
}
