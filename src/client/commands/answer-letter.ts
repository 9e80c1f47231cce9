import { rm, writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { dayOf, systemClock } from '../../kernel/clock.ts'
import { HomeError, readHome } from '../agency-home.ts'
import { answerLetter } from '../letters/answer-letter.ts'
import { letterHtml } from '../letters/letter-html.ts'
import { readLibrary } from '../operators.ts'
import { openHome } from './home-option.ts'
import { note } from './output.ts'

type Options = {
  readonly agency: string
  readonly language: 'nl' | 'en'
  readonly addressee: readonly string[]
  readonly output: string
}

/** Writes files for their owner only (0600), all or none; an existing file is not touched. */
async function writeNew(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const written: string[] = []
  try {
    for (const [path, content] of Object.entries(files)) {
      await writeFile(path, content, { flag: 'wx', mode: 0o600 })
      written.push(path)
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true })
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw isThere ? new HomeError(`${(error as { path?: string }).path} is there already`) : error
  }
}

async function writeLetter(id: string, { agency, language, addressee, output }: Options) {
  const { folder, partner } = await openHome(agency)
  const { name, contactDesk, gateway } = (await readHome(folder)).settings
  const { filed } = await partner.subjectRequests.show(id)
  if (filed === undefined) throw new HomeError('whoever filed the request writes the letter')
  if (filed.state === 'closed') throw new HomeError('it is closed: what was answered is forgotten')
  const opensOn = filed.parts.map((part) => part.opensOn).sort()[0]
  if (filed.parts.every(({ state }) => state === 'waiting')) {
    throw new HomeError(`the joined answer opens on ${opensOn}`)
  }
  const { purposes } = await readLibrary(gateway.url)
  const now = systemClock.now()
  const sender = { name, contactDesk }
  const context = { language, sender, addressee, date: dayOf(now), purposes }
  const letter = answerLetter(filed, context)
  // Loaded here: no other command writes a PDF.
  const { letterPdf } = await import('../letters/letter-pdf.ts')
  await writeNew({
    [`${output}.html`]: letterHtml(letter),
    [`${output}.pdf`]: await letterPdf(letter, now),
  })
  note(`${output}.html and ${output}.pdf are written. Read the letter, sign it, and send it.`)
  if (filed.parts.some(({ state }) => state === 'waiting')) {
    note('Some parties answer later: write a second letter then, before you close the request.')
  } else {
    note('Then close the request: subject-request close --end answered.')
  }
}

/** `command` makes one of the commands on requests of subjects. */
export const addAnswerLetterCommand = (
  command: (words: string, description: string) => Command,
): void => {
  command('letter <id>', 'write the joined answer as a letter, in HTML and in PDF')
    .requiredOption('-o, --output <path>', 'where, without an ending: .html and .pdf are added')
    .addOption(new Option('--language <code>', 'of the letter').choices(['nl', 'en']).default('nl'))
    .option(
      '--addressee <lines...>',
      'name and address, a line each; it stays in the two files',
      [] as string[],
    )
    .action(writeLetter)
}
