import { type Child, element } from './elements.ts'

/**
 * A table that the keyboard can scroll. On a narrow screen each row is a card; the roles keep it a table to those
 * who hear it. Nothing when it has no rows.
 */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly [Child, ...Child[]])[],
): Child {
  if (rows.length === 0) return undefined
  return element(
    'div',
    { class: 'raakvlak-scroll', role: 'region', tabindex: 0, 'aria-label': caption },
    element(
      'table',
      { role: 'table' },
      element('caption', {}, caption),
      element(
        'thead',
        { role: 'rowgroup' },
        element(
          'tr',
          { role: 'row' },
          columns.map((text) =>
            element(
              'th',
              { scope: 'col', role: 'columnheader', class: 'utrecht-table__header-cell' },
              text,
            ),
          ),
        ),
      ),
      element(
        'tbody',
        { role: 'rowgroup' },
        rows.map((cells) =>
          element(
            'tr',
            { role: 'row' },
            cells.map((cell, at) => {
              const named = [
                element(
                  'span',
                  { class: 'raakvlak-cell-name', 'aria-hidden': 'true' },
                  columns[at],
                ),
                element('div', {}, cell),
              ]
              return at === 0
                ? element(
                    'th',
                    {
                      scope: 'row',
                      role: 'rowheader',
                      class: 'utrecht-table__cell raakvlak-row-heading',
                    },
                    named,
                  )
                : element('td', { role: 'cell' }, named)
            }),
          ),
        ),
      ),
    ),
  )
}
