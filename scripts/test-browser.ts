import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromiumProgram, howToInstall } from '../test/support/chromium.ts'

/**
 * Runs every test that opens a browser: those that use `test/support/browser.ts`. With `--say-skipped` it runs none, and
 * says on standard error when there was no browser to run them in.
 */
const top = fileURLToPath(new URL('..', import.meta.url))
const inBrowser = globSync('test/**/*.test.ts', { cwd: top })
  .filter((file) => readFileSync(`${top}/${file}`, 'utf8').includes('support/browser.ts'))
  .sort()

if (process.argv.includes('--say-skipped')) {
  if (chromiumProgram === undefined) {
    process.stderr.write(
      `\n*** SKIPPED: ${inBrowser.length} files of browser tests, for there is no Chromium here. ${howToInstall} ***\n`,
    )
  }
} else if (chromiumProgram === undefined) {
  process.stderr.write(`There is no Chromium here. ${howToInstall}\n`)
  process.exitCode = 1
} else {
  const { status } = spawnSync('tap', ['run', '--disable-coverage', '--jobs=1', ...inBrowser], {
    cwd: top,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
