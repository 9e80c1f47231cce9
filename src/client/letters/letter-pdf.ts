import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import PDFDocument from 'pdfkit'
import { type Letter, type LetterPart, labels } from './types.ts'

const fonts = join(
  dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')),
  'ttf',
)
const faces = { plain: join(fonts, 'DejaVuSans.ttf'), bold: join(fonts, 'DejaVuSans-Bold.ttf') }

/** In points: A4 with the margins of a Dutch letter. */
const margins = { top: 71, bottom: 71, left: 71, right: 57 }
const size = 10
const gap = 7

type Document = InstanceType<typeof PDFDocument>

/** Writes one piece of the letter and returns its tagged element, so that a screen reader hears it in order. */
function addPart(doc: Document, part: LetterPart): void {
  const add = (tag: string, write: () => void) => doc.addStructure(doc.struct(tag, {}, [write]))
  switch (part.kind) {
    case 'heading':
      add('H2', () => doc.moveDown(0.6).font(faces.bold).text(part.text, { paragraphGap: 3 }))
      return
    case 'text':
      add('P', () => doc.font(faces.plain).text(part.text, { paragraphGap: gap }))
      return
    case 'sign':
      add('P', () => doc.moveDown(1).font(faces.plain).text(part.lines.join('\n')))
      return
    case 'list': {
      const items = part.items.map((item) =>
        doc.struct('LI', {}, [
          doc.struct('LBody', {}, [
            () => doc.font(faces.plain).text(`•  ${item}`, { indent: 0, paragraphGap: 4 }),
          ]),
        ]),
      )
      doc.addStructure(doc.struct('L', {}, items))
    }
  }
}

/**
 * The letter as PDF/A-2a: tagged in reading order, with its fonts inside, to be sent and to be archived.
 * Knows the letters that DejaVu Sans has (Latin, Greek, Cyrillic); what it lacks is drawn as an empty box.
 */
export async function letterPdf(letter: Letter, at: Date): Promise<Uint8Array> {
  const { language, sender, addressee, parts, date, reference, subject } = letter
  const doc = new PDFDocument({
    size: 'A4',
    margins,
    font: faces.plain,
    lang: language,
    pdfVersion: '1.7',
    subset: 'PDF/A-2a',
    tagged: true,
    displayTitle: true,
    info: { Title: subject, Author: sender[0] ?? '', CreationDate: at, ModDate: at },
  })
  const whole = buffer(doc)
  const words = labels[language]
  const add = (tag: string, text: string, face: string, after: number) =>
    doc.addStructure(
      doc.struct(tag, {}, [
        () => doc.font(face).fontSize(size).text(text, { paragraphGap: after }),
      ]),
    )
  doc.fontSize(size).lineGap(2)
  add('P', sender.join('\n'), faces.plain, 28)
  if (addressee.length > 0) add('P', addressee.join('\n'), faces.plain, 28)
  add('P', `${words.date}: ${date}`, faces.plain, 0)
  if (reference !== undefined) add('P', `${words.reference}: ${reference}`, faces.plain, 0)
  add('H1', `${words.subject}: ${subject}`, faces.bold, 18)
  for (const part of parts) addPart(doc, part)
  doc.end()
  return new Uint8Array(await whole)
}
