import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { unpack } from '../../src/evidence/zip.ts'
import { bytesOf, packageOf, tampered } from '../support/audit-package.ts'
import {
  axe,
  noBrowser,
  openBrowser,
  picture,
  type Visit,
  visit,
  widths,
} from '../support/browser.ts'
import { openHouse } from '../support/house.ts'
import { signalAbout } from '../support/signals.ts'

t.test(
  'the page in a package verifies it from the disk, without a network',
  { skip: noBrowser },
  async (t) => {
    const house = await openHouse(t)
    const politie = await house.admit('politie')
    const gemeente = await house.admit('gemeente')
    const under = await house.agree([politie, gemeente])
    for (const agency of [politie, gemeente]) {
      await agency.call('POST', '/v1/signals', signalAbout({ bsn: 'anna' }, under))
    }
    const zip = await packageOf(politie)
    const folder = join(house.folder, 'package')
    for (const [path, bytes] of unpack(zip).files) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), bytes)
    }
    const whole = join(house.folder, 'whole.zip')
    const edited = join(house.folder, 'edited.zip')
    await writeFile(whole, zip)
    await writeFile(
      edited,
      tampered(zip, (files) => {
        files['acts.csv'] = bytesOf('nothing happened')
      }),
    )
    const browser = await openBrowser(t)
    const open = async (path: string, width: number, query = ''): Promise<Visit> => {
      const one = await visit(browser, { width })
      await one.context.setOffline(true)
      await one.page.goto(`${pathToFileURL(join(folder, path))}${query}`)
      return one
    }
    const verdictOf = async ({ page }: Visit, file: string, pin: string) => {
      await page.fill('#gateway', pin)
      await page.fill('#keyholder', house.pins.keyholder.rootThumbprint)
      await page.setInputFiles('#zip', file)
      const verdict = page.locator('#result .verdict')
      await verdict.waitFor()
      return (await verdict.getAttribute('class')) ?? ''
    }

    for (const width of widths) {
      for (const [language, query] of [
        ['nl', ''],
        ['en', '?lang=en'],
      ] as const) {
        const one = await open('index.html', width, query)
        const { rootThumbprint } = house.pins.gateway
        t.match(await verdictOf(one, whole, rootThumbprint), /\bverified\b/)
        t.equal(await one.page.locator('html').getAttribute('lang'), language)
        await picture(one.page, `audit-package-${width}-${language}`)
        t.strictSame(await axe(one.page), [], 'axe finds nothing')
        t.strictSame(one.faults, [])
        t.strictSame(
          one.traffic.filter(({ name }) => !name.startsWith('file:')),
          [],
          'nothing leaves the machine',
        )
        await one.context.close()
      }
      const report = await open('report.html', width)
      t.match(await report.page.locator('h1').innerText(), /Jaarverslag \d{4}/)
      await picture(report.page, `audit-report-${width}`)
      t.strictSame(await axe(report.page), [], 'axe finds nothing in the report')
      t.strictSame(report.faults, [])
      await report.context.close()
    }

    const changed = await open('index.html', 1280)
    t.match(await verdictOf(changed, edited, house.pins.gateway.rootThumbprint), /\bwrong\b/)
    t.match(await changed.page.locator('#result').innerText(), /acts\.csv/)
    await picture(changed.page, 'audit-package-edited')
    const stranger = await open('index.html', 1280)
    const other = house.pins.keyholder.rootThumbprint
    t.match(await verdictOf(stranger, whole, other), /\bwrong\b/, 'not under another’s key')
  },
)
