import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { LegalBasis, type LibraryView, Purpose } from '../wire/library.ts'

export type { LegalBasis } from '../wire/library.ts'

/** The purposes and legal bases that agreements may name at this operator, by code. */
export type Library = {
  readonly purposes: ReadonlyMap<string, Purpose>
  readonly legalBases: ReadonlyMap<string, LegalBasis>
}

export type LibraryText = { readonly file: string; readonly text: string }

/** A library that cannot be used; the process must not start. Names file, place and fault. */
export class LibraryError extends Error {
  constructor(faults: readonly string[]) {
    super(`The library of agreements cannot be used:\n  ${faults.join('\n  ')}`)
    this.name = 'LibraryError'
  }
}

const purposeList = Compile(Type.Array(Purpose, { minItems: 1 }))
const legalBasisList = Compile(Type.Array(LegalBasis, { minItems: 1 }))

function jsonOf({ file, text }: LibraryText): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new LibraryError([`${file}: ${(error as Error).message}`])
  }
}

function byCode<Entry extends { readonly code: string }>(
  source: LibraryText,
  form: {
    readonly Check: (value: unknown) => value is Entry[]
    readonly Errors: (
      value: unknown,
    ) => readonly { readonly instancePath: string; readonly message: string }[]
  },
): Map<string, Entry> {
  const list = jsonOf(source)
  if (!form.Check(list)) {
    throw new LibraryError(
      form
        .Errors(list)
        .map(({ instancePath, message }) => `${source.file}: ${instancePath || '/'} ${message}`),
    )
  }
  const entries = new Map<string, Entry>()
  list.forEach((entry, index) => {
    if (entries.has(entry.code)) {
      throw new LibraryError([`${source.file}: /${index}/code stands there twice`])
    }
    entries.set(entry.code, entry)
  })
  return entries
}

/** A basis on which no role can rest, or an exemption on which one does, says two things at once. */
function contradictions(file: string, bases: ReadonlyMap<string, LegalBasis>): string[] {
  return [...bases.values()].flatMap(({ kind, roles, sensitive }, index) => {
    if (kind === 'basis' && roles.length === 0) return [`${file}: /${index}/roles is empty`]
    if (kind === 'exemption' && roles.length > 0)
      return [`${file}: /${index}/roles: no role rests on an exemption`]
    if (kind === 'exemption' && sensitive.length === 0)
      return [`${file}: /${index}/sensitive: an exemption that exempts nothing`]
    return []
  })
}

/**
 * Reads and checks a library. Does not check that it says what the law says: people do, in review.
 * @throws LibraryError naming file and place of every fault of a list
 */
export function loadLibrary(texts: {
  readonly purposes: LibraryText
  readonly legalBases: LibraryText
}): Library {
  const purposes = byCode(texts.purposes, purposeList)
  const legalBases = byCode(texts.legalBases, legalBasisList)
  const faults = contradictions(texts.legalBases.file, legalBases)
  if (faults.length > 0) throw new LibraryError(faults)
  return { purposes, legalBases }
}

/** The library as anybody may read it. */
export const viewOfLibrary = ({ purposes, legalBases }: Library): LibraryView => ({
  purposes: [...purposes.values()],
  legalBases: [...legalBases.values()],
})
