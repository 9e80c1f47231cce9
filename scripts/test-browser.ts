import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'

/** Runs the test files that open a browser, one after the other; says how to get one where there is none. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const found = [process.env.CHROMIUM_PATH ?? '', ...places].find((path) => existsSync(path))

if (found === undefined) {
  console.error(
    'There is no Chromium here. Install it (apt-get install chromium), or say where it is with CHROMIUM_PATH.',
  )
  process.exitCode = 1
} else {
  const files = globSync('test/**/*.test.ts')
    .filter((path) => readFileSync(path, 'utf8').includes('support/browser.ts'))
    .sort()
  const { status } = spawnSync('tap', ['run', '--disable-coverage', '--jobs=1', ...files], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
