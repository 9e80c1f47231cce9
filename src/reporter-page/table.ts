import { type Child, element } from './elements.ts'

/** A table that can be scrolled by keyboard where it is wider than the page; nothing when it has no rows. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly [Child, ...Child[]])[],
): Child {
  if (rows.length === 0) return undefined
  return element(
    'div',
    { class: 'table', role: 'region', tabindex: 0, 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          columns.map((text) => element('th', { scope: 'col' }, text)),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map(([first, ...others]) =>
          element(
            'tr',
            {},
            element('th', { scope: 'row' }, first),
            others.map((cell) => element('td', {}, cell)),
          ),
        ),
      ),
    ),
  )
}
