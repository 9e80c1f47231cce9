import { type Finding, sentenceOf, steps, stepTitles } from '../evidence/findings.ts'
import {
  type AuditPins,
  type AuditReport,
  type Package,
  unreadablePackage,
  verifyAuditPackage,
} from '../evidence/verify.ts'
import { unpack } from '../evidence/zip.ts'
import { type Language, pageTexts } from './page-texts.ts'

/** The page of an audit package: verifies the zip, or its unpacked folder, in the browser. Nothing leaves the machine. */

const language: Language = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'nl'
const texts = pageTexts[language]

function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`the page has no ${id}`)
}

function element(name: string, className: string, ...content: (Node | string)[]): HTMLElement {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...content)
  return made
}

const result = find('result', HTMLElement)
const zipInput = find('zip', HTMLInputElement)
const folderInput = find('folder', HTMLInputElement)
const gatewayInput = find('gateway', HTMLInputElement)
const keyholderInput = find('keyholder', HTMLInputElement)

for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
  const name = node.dataset.text as keyof typeof texts
  node.textContent = texts[name]
}
document.documentElement.lang = language
document.title = texts.title
const other = find('other', HTMLAnchorElement)
other.href = language === 'nl' ? '?lang=en' : '?lang=nl'

const mark = (ok: boolean): HTMLElement =>
  element('strong', ok ? 'right' : 'wrong', ok ? `✓ ${texts.right}` : `✗ ${texts.wrong}`)

function listOf(findings: readonly Finding[]): HTMLElement {
  return element(
    'ul',
    'findings',
    ...findings.map((finding) =>
      element('li', '', mark(finding.ok), ` ${sentenceOf(finding, language)}`),
    ),
  )
}

function fileTable(report: AuditReport): HTMLElement {
  const paths = new Set(report.findings.flatMap(({ file }) => file ?? []))
  const rows = [...paths].map((path) => {
    const own = report.findings.filter(({ file }) => file === path)
    const ok = own.every((finding) => finding.ok)
    return element('tr', '', element('td', '', path), element('td', '', mark(ok)))
  })
  const head = element('tr', '', element('th', '', texts.file), element('th', '', texts.state))
  return element('table', '', element('caption', '', texts.perFile), head, ...rows)
}

function show(report: AuditReport): void {
  const ending = report.verdict === 'wrong' ? texts.broken : texts[report.verdict]
  const banner = element('p', `verdict ${report.verdict}`, ending)
  const { manifest } = report
  const about =
    manifest === undefined
      ? []
      : [
          element(
            'p',
            '',
            `${manifest.agency}, ${manifest.year}. ${texts.made} ${manifest.madeAt}.`,
          ),
        ]
  const told = steps.flatMap((step) => {
    const own = report.findings.filter((finding) => finding.step === step)
    if (own.length === 0) return []
    const wrong = own.filter(({ ok }) => !ok)
    const right = own.filter(({ ok }) => ok)
    const isLong = right.length > 5
    const title = element('h3', '', mark(wrong.length === 0), ` ${stepTitles[step][language]}`)
    const more = isLong
      ? element(
          'details',
          '',
          element('summary', '', `${right.length} × ${texts.right}`),
          listOf(right),
        )
      : listOf(right)
    return [element('section', '', title, listOf(wrong), more)]
  })
  result.replaceChildren(
    element('h2', '', texts.found),
    banner,
    ...about,
    ...told,
    fileTable(report),
  )
  result.dataset.verdict = report.verdict
  result.focus()
}

let latest = 0

/** Of two that were begun, only the later one is shown. */
async function verify(read: () => Promise<Package>): Promise<void> {
  latest += 1
  const own = latest
  result.replaceChildren(element('p', '', texts.busy))
  delete result.dataset.verdict
  const gateway = gatewayInput.value.trim()
  const keyholder = keyholderInput.value.trim()
  const report = await reportOn(read, {
    ...(gateway === '' ? {} : { gateway }),
    ...(keyholder === '' ? {} : { keyholder }),
  })
  if (own === latest) show(report)
}

async function reportOn(read: () => Promise<Package>, pins: AuditPins): Promise<AuditReport> {
  try {
    return await verifyAuditPackage(await read(), pins)
  } catch (error) {
    return unreadablePackage(error)
  }
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer())

async function readFolder(list: readonly File[]): Promise<Package> {
  const files = new Map<string, Uint8Array>()
  for (const file of list) {
    const [, ...path] = file.webkitRelativePath.split('/')
    files.set(path.join('/'), await bytesOf(file))
  }
  return { files }
}

function verifyChosen(): void {
  const [zip] = zipInput.files ?? []
  const folder = [...(folderInput.files ?? [])]
  if (zip !== undefined) void verify(async () => unpack(await bytesOf(zip)))
  else if (folder.length > 0) void verify(() => readFolder(folder))
}

zipInput.addEventListener('change', () => {
  folderInput.value = ''
  verifyChosen()
})
folderInput.addEventListener('change', () => {
  zipInput.value = ''
  verifyChosen()
})
for (const input of [gatewayInput, keyholderInput]) input.addEventListener('change', verifyChosen)
document.addEventListener('dragover', (event) => event.preventDefault())
document.addEventListener('drop', (event) => {
  event.preventDefault()
  const [zip] = event.dataTransfer?.files ?? []
  if (zip !== undefined) void verify(async () => unpack(await bytesOf(zip)))
})
