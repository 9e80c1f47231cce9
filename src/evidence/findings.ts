/** What verifying a package finds, step by step, and how it is said. */

export const steps = [
  'package',
  'manifest',
  'files',
  'keys',
  'checkpoint',
  'cosignatures',
  'entries',
  'figures',
  'agreements',
  'policies',
] as const
export type Step = (typeof steps)[number]

export type Finding = {
  readonly step: Step
  readonly ok: boolean
  readonly code: FindingCode
  /** What the sentence is about: a path, a name, a number. */
  readonly of: string
  readonly file?: string
}

type Sentence = { readonly en: string; readonly nl: string }

/** `{}` is what the finding is about. */
export const sentences = {
  'zip-read': {
    en: 'The zip can be read: {} files.',
    nl: 'Het zipbestand is leesbaar: {} bestanden.',
  },
  'zip-broken': { en: 'The zip cannot be read: {}.', nl: 'Het zipbestand is niet leesbaar: {}.' },
  'file-twice': { en: 'Two files have the name {}.', nl: 'Twee bestanden heten {}.' },
  'manifest-missing': {
    en: 'The signed list of files ({}) is missing.',
    nl: 'De ondertekende lijst van bestanden ({}) ontbreekt.',
  },
  'manifest-wrong': {
    en: 'The signed list of files cannot be trusted: {}.',
    nl: 'De ondertekende lijst van bestanden is niet te vertrouwen: {}.',
  },
  'manifest-signed': {
    en: 'The list of files is signed by the gateway, whose root key has the thumbprint {}.',
    nl: 'De lijst van bestanden is ondertekend door de gateway. De vingerafdruk van zijn hoofdsleutel is {}.',
  },
  'manifest-copy': {
    en: 'The readable list of files is not the signed one.',
    nl: 'De leesbare lijst van bestanden is niet de ondertekende.',
  },
  pinned: {
    en: 'That is the root key that you pinned for the {}.',
    nl: 'Dat is de hoofdsleutel die u zelf hebt vastgelegd voor de {}.',
  },
  'other-key': {
    en: 'It is signed by another root key than you pinned for the {}.',
    nl: 'Er is ondertekend met een andere hoofdsleutel dan u hebt vastgelegd voor de {}.',
  },
  'file-right': { en: '{} is as it was signed.', nl: '{} is zoals het is ondertekend.' },
  'file-changed': { en: '{} was changed.', nl: '{} is veranderd.' },
  'file-missing': { en: '{} is missing.', nl: '{} ontbreekt.' },
  'file-added': {
    en: '{} was added; the list does not name it.',
    nl: '{} is toegevoegd; de lijst noemt het niet.',
  },
  'files-moved': {
    en: 'The files stand in another order than when they were signed.',
    nl: 'De bestanden staan in een andere volgorde dan bij het ondertekenen.',
  },
  'keys-signed': {
    en: 'The keys of the {} are signed under its root key.',
    nl: 'De sleutels van de {} zijn ondertekend met zijn hoofdsleutel.',
  },
  'keys-wrong': {
    en: 'The keys of an operator cannot be trusted: {}.',
    nl: 'De sleutels van een beheerder zijn niet te vertrouwen: {}.',
  },
  'keys-missing': {
    en: 'The keys of the keyholder are not there; it could not be asked when the package was made.',
    nl: 'De sleutels van de sleutelhouder ontbreken; die was niet bereikbaar toen het pakket werd gemaakt.',
  },
  'checkpoint-signed': {
    en: 'The checkpoint of the ledger is signed: {} entries.',
    nl: 'Het ijkpunt van het logboek is ondertekend: {} regels.',
  },
  'checkpoint-wrong': {
    en: 'The checkpoint cannot be trusted: {}.',
    nl: 'Het ijkpunt is niet te vertrouwen: {}.',
  },
  cosigned: {
    en: 'An earlier checkpoint was cosigned, and the ledger continues it: {}.',
    nl: 'Een eerder ijkpunt is medeondertekend, en het logboek gaat daarop verder: {}.',
  },
  'cosigned-wrong': {
    en: 'A cosigned checkpoint contradicts the package: {}.',
    nl: 'Een medeondertekend ijkpunt spreekt het pakket tegen: {}.',
  },
  'cosigned-none': {
    en: 'No witness had cosigned a checkpoint when the package was made.',
    nl: 'Geen getuige had een ijkpunt medeondertekend toen het pakket werd gemaakt.',
  },
  'entries-proven': {
    en: '{} entries stand on the ledger under this checkpoint, word for word.',
    nl: '{} regels staan woordelijk in het logboek onder dit ijkpunt.',
  },
  'entries-wrong': {
    en: 'The entries are not those of the ledger: {}.',
    nl: 'De regels zijn niet die van het logboek: {}.',
  },
  'entry-foreign': {
    en: 'Entry {} does not belong to this agency or this year.',
    nl: 'Regel {} hoort niet bij deze organisatie of dit jaar.',
  },
  'count-right': {
    en: 'The ledger says that the package has {} acts, and so it does.',
    nl: 'Volgens het logboek heeft het pakket {} handelingen, en dat klopt.',
  },
  'count-wrong': {
    en: 'The ledger says that the package has another number of acts than the {} that are there.',
    nl: 'Volgens het logboek heeft het pakket een ander aantal handelingen dan de {} die er staan.',
  },
  'figures-right': {
    en: 'The figures are what the entries come to.',
    nl: 'De cijfers kloppen met de regels.',
  },
  'figures-wrong': {
    en: 'The figures are not what the entries come to.',
    nl: 'De cijfers kloppen niet met de regels.',
  },
  'agreement-right': {
    en: 'Agreement {} has the content that its hash names, and its signatures hold.',
    nl: 'Overeenkomst {} heeft de inhoud die bij de hash hoort, en de handtekeningen kloppen.',
  },
  'agreement-wrong': { en: 'Agreement {} does not hold.', nl: 'Overeenkomst {} klopt niet.' },
  'agreements-none': {
    en: 'There are no agreements in it.',
    nl: 'Er zitten geen overeenkomsten in.',
  },
  'policies-right': {
    en: 'Policy set {} has the text that its hash names.',
    nl: 'Beleidsset {} heeft de tekst die bij de hash hoort.',
  },
  'policies-wrong': {
    en: 'Policy set {} has another text.',
    nl: 'Beleidsset {} heeft een andere tekst.',
  },
  'policies-missing': {
    en: 'Policy set {} was in force, and its text is not there.',
    nl: 'Beleidsset {} was van kracht, en de tekst ontbreekt.',
  },
  unreadable: { en: '{}', nl: '{}' },
} as const satisfies Record<string, Sentence>

export type FindingCode = keyof typeof sentences

export const stepTitles: Readonly<Record<Step, Sentence>> = {
  package: { en: 'The package', nl: 'Het pakket' },
  manifest: { en: 'The signed list of files', nl: 'De ondertekende lijst van bestanden' },
  files: { en: 'Every file', nl: 'Elk bestand' },
  keys: { en: 'The keys of both operators', nl: 'De sleutels van beide beheerders' },
  checkpoint: { en: 'The checkpoint of the ledger', nl: 'Het ijkpunt van het logboek' },
  cosignatures: { en: 'What witnesses cosigned', nl: 'Wat getuigen medeondertekenden' },
  entries: { en: 'Every act and event', nl: 'Elke handeling en gebeurtenis' },
  figures: { en: 'The figures', nl: 'De cijfers' },
  agreements: { en: 'The agreements', nl: 'De overeenkomsten' },
  policies: { en: 'The policies', nl: 'Het beleid' },
}

export const sentenceOf = ({ code, of }: Finding, language: 'en' | 'nl'): string =>
  sentences[code][language].replace('{}', () => of)

/** Collects what is found. */
export function openFindings() {
  const all: Finding[] = []
  return {
    all: all as readonly Finding[],
    right: (step: Step, code: FindingCode, of = '', file?: string): void => {
      all.push({ step, ok: true, code, of, ...(file === undefined ? {} : { file }) })
    },
    wrong: (step: Step, code: FindingCode, of = '', file?: string): void => {
      all.push({ step, ok: false, code, of, ...(file === undefined ? {} : { file }) })
    },
  }
}
export type Findings = ReturnType<typeof openFindings>

/** Why something failed, in words that fit behind a colon. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message.replace(/\.$/, '') : 'unreadable'
