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

/** A heading, or the first line of an item, does not stand alone at the end of a page. */
function keepTogether(doc: Document, height: number): void {
  if (doc.y + height > doc.page.height - margins.bottom) doc.addPage()
}

/** Adds a tagged element, in which a screen reader hears what `write` puts on the page. */
const add = (doc: Document, tag: string, write: () => void): void =>
  void doc.addStructure(doc.struct(tag, {}, [write]))

function itemOf(doc: Document, item: string): ReturnType<Document['struct']> {
  return doc.struct('LI', {}, [
    doc.struct('Lbl', {}, [
      () => {
        keepTogether(doc, 40)
        doc.font(faces.plain).text('•', margins.left, doc.y).moveUp()
      },
    ]),
    doc.struct('LBody', {}, [
      () => {
        doc.text(item, margins.left + 12, doc.y, { paragraphGap: 3 })
        doc.x = margins.left
      },
    ]),
  ])
}

function addPart(doc: Document, part: LetterPart): void {
  switch (part.kind) {
    case 'heading':
      keepTogether(doc, 80)
      add(doc, 'H2', () => {
        doc.moveDown(0.6).font(faces.bold).text(part.text, { paragraphGap: 3 })
      })
      return
    case 'text':
      add(doc, 'P', () => doc.font(faces.plain).text(part.text, { paragraphGap: gap }))
      return
    case 'sign':
      keepTogether(doc, 60)
      add(doc, 'P', () => doc.moveDown(1).font(faces.plain).text(part.lines.join('\n')))
      return
    case 'list':
      doc.addStructure(
        doc.struct(
          'L',
          {},
          part.items.map((item) => itemOf(doc, item)),
        ),
      )
      doc.y += gap - 3
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
  const lines = (tag: string, texts: readonly string[], face: string, after: number) => {
    add(doc, tag, () => doc.font(face).text(texts.join('\n')))
    doc.y += after
  }
  doc.fontSize(size).lineGap(2)
  lines('P', sender, faces.plain, 28)
  if (addressee.length > 0) lines('P', addressee, faces.plain, 28)
  const about = reference === undefined ? [] : [`${words.reference}: ${reference}`]
  lines('P', [`${words.date}: ${date}`, ...about], faces.plain, 0)
  lines('H1', [`${words.subject}: ${subject}`], faces.bold, 18)
  for (const part of parts) addPart(doc, part)
  doc.end()
  return new Uint8Array(await whole)
}
