import { existsSync } from 'node:fs'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser that tests are run in, where there is one. */
export const chromiumProgram: string | undefined = [process.env.CHROMIUM_PATH ?? '', ...usual].find(
  (path) => existsSync(path),
)

export const howToInstall =
  'Install it (apt-get install chromium), or say where it is with CHROMIUM_PATH.'
