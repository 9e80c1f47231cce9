import t from 'tap'
import { spreadsheetLines } from '../../src/door/spreadsheet.ts'

t.test('no cell is a formula, whatever it begins with', async (t) => {
  for (const begin of ['=', '+', '-', '@', '\t', '\r']) {
    const [cell = ''] = spreadsheetLines([[`${begin}1+1`]]).split('\r\n')
    t.match(cell.replace(/^"/, ''), /^'/, JSON.stringify(begin))
  }
})

t.test('semicolons, quotes and line ends stay inside their cell', async (t) => {
  t.equal(spreadsheetLines([['a;b', 'say "so"', 1, undefined]]), '"a;b";"say ""so""";1;\r\n')
})
