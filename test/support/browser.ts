import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

type Test = {
  readonly teardown: (work: () => void | Promise<void>) => void
  readonly equal: (found: unknown, wanted: unknown, message: string) => boolean
  readonly strictSame: (found: unknown, wanted: unknown, message: string) => boolean
}

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const found = [process.env.CHROMIUM_PATH ?? '', ...places].find((path) => existsSync(path))

/** `false` where tests in a browser can run; else why they can't, loudly. */
export const noBrowser: false | string =
  found !== undefined
    ? false
    : 'NO BROWSER: tests in a browser did NOT run. Install Chromium (apt-get install chromium) or set CHROMIUM_PATH.'
if (noBrowser !== false) process.stderr.write(`\n*** ${noBrowser} ***\n\n`)

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const shots = fileURLToPath(new URL('../../screenshots/', import.meta.url))

export const widths = [1280, 320] as const

export async function openBrowser(t: Test): Promise<Browser> {
  mkdirSync(shots, { recursive: true })
  const browser = await chromium.launch({
    executablePath: found ?? '',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })
  t.teardown(() => browser.close())
  return browser
}

/** A tab that writes down what the browser refused and what went wrong in scripts. */
export async function openTab(
  browser: Browser,
  {
    width = 1280,
    language = 'nl-NL',
  }: { readonly width?: number; readonly language?: string } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    locale: language,
    timezoneId: 'Europe/Amsterdam',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { context, page, complaints }
}

/** What axe finds wrong with the page as it stands, by rule and place. Runs beside the page’s own policy. */
export async function faultsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  // In a world of its own: the page’s policy allows no script that it did not bring itself.
  const { frameTree } = await session.send('Page.getFrameTree')
  const { executionContextId } = await session.send('Page.createIsolatedWorld', {
    frameId: frameTree.frame.id,
    worldName: 'axe',
    grantUniveralAccess: true,
  })
  await session.send('Runtime.evaluate', { expression: axe, contextId: executionContextId })
  const options = JSON.stringify({ runOnly: rules, resultTypes: ['violations'] })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, ${options}).then(({ violations }) => JSON.stringify(
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target.join(' ')))))`,
    contextId: executionContextId,
    awaitPromise: true,
  })
  await session.detach()
  if (typeof result.value !== 'string') throw new Error('axe did not run')
  return JSON.parse(result.value)
}

/** Photographs the whole page, and checks that nothing sticks out sideways and axe finds nothing. */
export async function lookAt(t: Test, page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${shots}${name}.png`, fullPage: true })
  const wider = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  t.equal(wider <= 0, true, `${name}: nothing sticks out sideways (${wider} px)`)
  t.strictSame(await faultsOf(page), [], `${name}: axe finds nothing`)
}
