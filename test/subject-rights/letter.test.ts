import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { answerLetter } from '../../src/client/letters/answer-letter.ts'
import { letterHtml } from '../../src/client/letters/letter-html.ts'
import { letterPdf } from '../../src/client/letters/letter-pdf.ts'
import { dayOf, shifted } from '../../src/kernel/clock.ts'
import { askers, requestKinds, requestOutcomes } from '../../src/wire/codes/subject-requests.ts'
import { codesOf } from '../../src/wire/codes.ts'
import type { FiledRequest, SubjectRequestPart } from '../../src/wire/subject-request.ts'
import { writeAgencyHome } from '../support/agency-home.ts'
import { run } from '../support/command.ts'
import { openHouse } from '../support/house.ts'
import { signalAbout, tokenOf } from '../support/signals.ts'

const part = (name: string, more: Partial<SubjectRequestPart>): SubjectRequestPart => ({
  agency: name.toLowerCase(),
  name,
  contactDesk: `desk@${name.toLowerCase()}.example`,
  state: 'nothing-to-tell',
  opensOn: '2026-11-22',
  told: [],
  ...more,
})
const filed: FiledRequest = {
  id: randomUUID(),
  agreement: 'a'.repeat(86),
  kind: 'access',
  asker: 'self',
  age: '16-or-older',
  caseReference: 'R-2026-7',
  filedAt: '2026-11-02T10:00:00.000Z',
  receivedOn: '2026-11-01',
  partsDueOn: '2026-11-22',
  dueOn: '2026-11-29',
  state: 'answerable',
  parts: [
    part('Avim', {
      state: 'told',
      told: [
        {
          outcome: 'provided',
          categories: ['exploitation', 'region'],
          purpose: 'protecting-victims',
          sinceOn: '2026-03-03',
          untilOn: '2028-01-01',
          source: 'another-agency',
          receivers: [
            { agency: 'jeugd', name: 'Jeugd', fields: ['narrative'], openedOn: '2026-04-05' },
          ],
        },
      ],
    }),
    part('Jeugd', {}),
    part('Zorg', { state: 'waiting', opensOn: '2026-12-24' }),
  ],
}
const context = {
  language: 'nl' as const,
  sender: { name: 'Gemeente Voorbeeld', contactDesk: 'privacy@voorbeeld.example' },
  addressee: ['A. de Vries', 'Dorpsstraat 1'],
  date: '2026-11-27',
  purposes: [
    {
      code: 'protecting-victims',
      article: '-',
      en: 'Protect victims.',
      nl: 'Slachtoffers helpen.',
    },
  ],
}
const textOf = (request: FiledRequest, change: Partial<typeof context> | { language: 'en' } = {}) =>
  letterHtml(answerLetter(request, { ...context, ...change }))
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, '\n')

t.test('the letter tells what each party lets be told, in Dutch and in English', async (t) => {
  const dutch = textOf(filed)
  for (const sentence of [
    'Antwoord op uw vraag om inzage',
    'Op 1 november 2026 vroeg u wat er over u is vastgelegd.',
    'Soorten gegevens: vorm van uitbuiting, indicatoren en dag van waarneming; veiligheidsregio.',
    'Doel: Slachtoffers helpen.',
    'Vastgelegd sinds 3 maart 2026. De gegevens worden bewaard tot uiterlijk 1 januari 2028.',
    'Waar het vandaan komt: een andere organisatie.',
    'Jeugd kreeg op 5 april 2026 te lezen: wat is gezien of gehoord.',
    'Neem contact op: desk@avim.example.',
    'Deze organisatie antwoordt uiterlijk op 24 december 2026.',
    'Autoriteit Persoonsgegevens',
  ]) {
    t.ok(dutch.includes(sentence), sentence)
  }
  t.match(
    textOf(filed, { language: 'en' }),
    /On 1 November 2026 you asked what is recorded about you/,
  )
  t.match(
    textOf({ ...filed, extended: { reason: 'complex', untilOn: '2027-01-29' } }),
    /29 januari 2027/,
  )
})

t.test('whatever is asked, by whomever, and whatever became of it, there are words', async (t) => {
  for (const kind of codesOf(requestKinds)) {
    for (const asker of codesOf(askers)) {
      for (const language of ['nl', 'en'] as const) {
        t.notMatch(textOf({ ...filed, kind, asker }, { language }), /undefined|object Object|null/)
      }
    }
  }
  for (const outcome of codesOf(requestOutcomes)) {
    const told = {
      outcome,
      ...(outcome === 'refused' ? { ground: 'wpg-27-offences' as const } : {}),
      reviewOn: '2027-02-01',
      receivers: [],
      told: [{ agency: 'jeugd', name: 'Jeugd', toldOn: '2026-11-20', answer: 'deleted' as const }],
    }
    const letter = textOf({ ...filed, parts: [part('Avim', { state: 'told', told: [told] })] })
    t.notMatch(letter, /undefined|object Object|null/, outcome)
    t.equal(/Wpg art\. 27 lid 1 onder b/.test(letter), outcome === 'refused', outcome)
    t.match(
      letter,
      /Jeugd kreeg dit op 20 november 2026 te horen. Wat ermee is gedaan: verwijderd\./,
    )
  }
})

t.test('what others wrote stays text in the letter', async (t) => {
  const planted = '<img src=x onerror=alert(1)>'
  const letter = letterHtml(
    answerLetter(
      {
        ...filed,
        caseReference: planted,
        parts: [part('Avim', { name: planted, contactDesk: planted })],
      },
      { ...context, addressee: [planted] },
    ),
  )
  t.notMatch(letter, planted)
  t.equal(letter.split('&lt;img').length - 1, 3)
})

t.test('the PDF has the same words, is tagged, and holds its fonts', async (t) => {
  const letter = answerLetter(filed, { ...context, addressee: ['Łukasz Żółć', 'Ελένη Παπά'] })
  const bytes = await letterPdf(letter, new Date('2026-11-27T09:00:00Z'))
  const source = Buffer.from(bytes).toString('latin1')
  t.match(source, /^%PDF-1\.7/)
  for (const mark of [
    '/StructTreeRoot',
    '/Lang (nl)',
    '/Marked true',
    '/OutputIntent',
    '/FontFile2',
  ]) {
    t.ok(source.includes(mark), mark)
  }
  t.notMatch(source, /\/BaseFont \/Helvetica/, 'every font is inside')
  const again = await letterPdf(letter, new Date('2026-11-27T09:00:00Z'))
  t.equal(again.length, bytes.length)
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' })
  } catch {
    t.comment('its text is not read: there is no pdftotext here')
    return
  }
  const text = execFileSync('pdftotext', ['-', '-'], { input: bytes, encoding: 'utf8' })
  const words = (one: string) => one.replace(/\s+/g, ' ')
  for (const line of [
    'Łukasz Żółć',
    'Ελένη Παπά',
    'Doel: Slachtoffers helpen.',
    'Ons kenmerk: R-2026-7',
  ]) {
    t.ok(words(text).includes(line), line)
  }
})

t.test(
  'the contact point writes the letter from the command line, once the answer is open',
  async (t) => {
    const house = await openHouse(t)
    const gemeente = await house.admit('gemeente')
    const jeugdzorg = await house.admit('jeugdzorg')
    const under = await house.agree([gemeente, jeugdzorg])
    const { domain } = under.content
    const today = dayOf(house.clock.now())
    await jeugdzorg.call(
      'POST',
      '/v1/signals',
      signalAbout({ bsn: 'x' }, under, { observedOn: today }),
    )
    const id = randomUUID()
    const answer = await gemeente.call('POST', '/v1/subject-requests', {
      ...{ id, agreement: under.hash, purpose: 'subject-rights', domain, epoch: 1, kind: 'access' },
      ...{ tokens: [{ type: 'bsn', token: tokenOf(`${domain} bsn x`) }] },
      ...{ asker: 'self', age: '16-or-older', identityCheck: 'in-person' },
      ...{ caseReference: 'R-1', receivedOn: today },
    })
    t.equal(answer.status, 201, answer.text)
    const [task] = (await jeugdzorg.partner.subjectRequests.show(id)).tasks
    await jeugdzorg.partner.subjectRequests.answer(id, {
      task: task?.task ?? '',
      outcome: 'provided',
      tell: ['purpose', 'period'],
    })
    const folder = join(house.folder, 'gemeente')
    await writeAgencyHome(house, folder, gemeente)
    const target = join(house.folder, 'letter')
    const letter = (...words: readonly string[]) =>
      run(
        house.folder,
        'src/client/cli.ts',
        'subject-request',
        'letter',
        id,
        '--agency',
        folder,
        '-o',
        target,
        ...words,
      )
    t.match(await letter(), { code: 1, error: /the joined answer opens on \d{4}-/ })
    const back = shifted(house.clock.now(), -22 * 86_400)
    await house.db.gateway
      .updateTable('subject_request')
      .set({ received_on: dayOf(back), filed_at: back })
      .execute()
    const written = await letter('--addressee', 'Mevrouw De Vries', 'Dorpsstraat 1')
    t.equal(written.code, 0, written.error)
    const page = await readFile(`${target}.html`, 'utf8')
    t.match(page, /Mevrouw De Vries<br>Dorpsstraat 1/)
    t.match(page, /Deze organisatie heeft een signaal vastgelegd/)
    t.notMatch(page, /Doel: protecting-victims/, 'the purpose is told in words')
    t.match((await readFile(`${target}.pdf`)).subarray(0, 5).toString(), '%PDF-')
    t.equal((await stat(`${target}.pdf`)).mode & 0o777, 0o600)
    t.match(await letter(), { code: 1, error: /letter\.html is there already/ })
    const other = join(house.folder, 'jeugdzorg')
    await writeAgencyHome(house, other, jeugdzorg)
    t.match(
      await run(
        house.folder,
        'src/client/cli.ts',
        'subject-request',
        'letter',
        id,
        '--agency',
        other,
        '-o',
        `${target}-2`,
      ),
      { code: 1, error: /whoever filed the request writes the letter/ },
    )
  },
)
