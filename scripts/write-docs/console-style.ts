import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PurgeCSS } from 'purgecss'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')

/** The design system, most settled first; the own theme comes after all of it. */
const sheets = [
  '@utrecht/component-library-css/dist/index.css',
  '@nl-design-system-candidate/heading-css/dist/heading.css',
  '@nl-design-system-candidate/paragraph-css/dist/paragraph.css',
  '@nl-design-system-candidate/link-css/dist/link.css',
  '@nl-design-system-candidate/skip-link-css/dist/skip-link.css',
  '@nl-design-system-candidate/data-badge-css/dist/data-badge.css',
  '@nl-design-system-candidate/button-css/dist/button.css',
].map((path) => `node_modules/${path}`)

/** Pages whose classes stay. */
const pages = ['src/console/**/*.ts', 'src/connector/**/*.ts', 'src/reporter-page/**/*.ts']

/** `src/console/assets/console.css`: of the design system what pages use, and the theme as it is written. */
export async function consoleStyle(): Promise<string> {
  const content = globSync(pages, { cwd: root })
    .sort()
    .map((path) => ({ raw: read(path), extension: 'ts' }))
  const [purged] = await new PurgeCSS().purge({
    content,
    css: [{ raw: sheets.map(read).join('\n') }],
    // Written in two parts in `button`.
    safelist: [/^nl-button--secondary/],
    variables: true,
    fontFace: true,
    keyframes: true,
    // Texts of pages are full of words; only those that look like classes of the design system count.
    defaultExtractor: (text) =>
      text.match(/\b(?:utrecht|nl)-[a-z0-9-]+(?:__[a-z0-9-]+)?(?:--[a-z0-9-]+)*/g) ?? [],
    blocklist: [/^(?:html|body|:root)$/],
  })
  const style = (purged?.css ?? '')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/@charset[^;]*;/g, '')
    .replace(/@(?:supports|media)[^{}]*\{\s*\}/g, '')
    .replace(/\n\s*\n/g, '\n')
    .trim()
  return `/* Made by "npm run docs" from the NL Design System (EUPL-1.2) and theme.css. */\n${style}\n${read('src/console/assets/theme.css')}`
}
