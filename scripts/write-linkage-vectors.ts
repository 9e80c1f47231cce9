/**
 * Writes the published vectors of the linkage keys: what people write, what is read from it, the keys, and
 * the tokens under operators' seeds that everybody may know. Run it for a new version only: as long as
 * the version is the same, the file is the promise and the code must follow.
 */
import { writeFile } from 'node:fs/promises'
import anyAscii from 'any-ascii'
import { concat, hex, utf8 } from '../src/kernel/bytes.ts'
import { commonFamilyNames, commonGivenNames } from '../src/linkage/common-names.ts'
import { linkageKeys, linkageVersion, namePartsOf } from '../src/linkage/keys.ts'
import { particles, titles } from '../src/linkage/name-tables.ts'
import { readIdentity } from '../src/linkage/read-identity.ts'
import type { RawIdentity } from '../src/linkage/types.ts'
import { deriveKeyShare } from '../src/oprf/key-share.ts'
import { addScalars, hash, hashToElement, multiplyElement } from '../src/oprf/ristretto.ts'
import { framed, tags } from '../src/oprf/suite.ts'

/** Nobody's: numbers of the test ranges, invented names. Each shows something that the others do not. */
const raws: readonly RawIdentity[] = [
  { bsn: '9999.90.007' },
  { vNumber: 'V 1234.567.890' },
  { documentCountry: 'nl', documentNumber: 'pp 1234567' },
  { phone: '06-1234 5678' },
  { phone: '+31 (0)6 1234 5678', birthDate: '05-02-1990' },
  { phone: '0048 512 345 678', birthDate: '1990-01-01', givenNames: 'Ewa', familyName: 'Nowak' },
  { phone: '0612345678', birthDate: '1990-05-00' },
  { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990-05-02' },
  { givenNames: 'Nowak', familyName: 'Ewa', birthDate: '1990-02-05' },
  { givenNames: 'Ewa', familyName: 'Nowak', birthDate: '1990' },
  {
    givenNames: 'Johanna Maria',
    prefix: 'van der',
    familyName: 'Jansen-de Boer',
    birthDate: '31/12/1985',
    sex: 'v',
    place: 'Breda',
  },
  { givenNames: 'Jan', familyName: 'de Vries', birthDate: '1990-01-01' },
  { givenNames: 'Jan', familyName: 'de Vries', birthDate: '17-08-1990' },
  { givenNames: 'محمد', familyName: 'Al-Sayed', birthDate: '1999-03-14' },
  { givenNames: 'محمد', familyName: 'السيد', birthDate: '1999-03-14' },
  { givenNames: 'Владимир', familyName: 'Щербаков', birthDate: '1974-12-30' },
  { givenNames: 'Γιώργος', familyName: 'Παπαδόπουλος', birthDate: '1969-07-21' },
  { givenNames: 'Nguyễn Thị', familyName: 'Lý', birthDate: '20010309' },
  { givenNames: 'IJsbrand', prefix: 'ten', familyName: 'Dyck', birthDate: '1958-10-09' },
  { givenNames: 'J.', familyName: "in 't Veld", birthDate: '19701120' },
  { givenNames: 'Đorđe', familyName: 'Šarić' },
  { givenNames: 'Đorđe', familyName: 'Šarić', place: 'Den Haag' },
  { givenNames: 'Đorđe', familyName: 'Šarić', birthDate: '1988-00-00', place: '’s-Gravenhage' },
  { givenNames: 'Jan', familyName: 'de Vries', birthDate: '1990', place: 'Breda' },
  { givenNames: 'Ola', birthDate: '1990', place: 'Breda' },
  { givenNames: 'Jan', familyName: 'de Vries-Nowak', birthDate: '1990', place: 'Breda' },
]

const domain = 'vectors'
const epoch = 1
const seeds = { gateway: new Uint8Array(32).fill(1), keyholder: new Uint8Array(32).fill(2) }
const [gateway, keyholder] = [seeds.gateway, seeds.keyholder].map(
  (seed) => deriveKeyShare(seed, utf8(`${domain}|${epoch}`)).scalar,
)
if (gateway === undefined || keyholder === undefined) throw new Error('no shares')
const joint = addScalars(gateway, keyholder)

/** What blinding, both operators and finalising come to (RFC 9497 §3.3.2), under the sum of both shares. */
const tokenOf = (key: string): string => {
  const input = utf8(key)
  const point = multiplyElement(joint, hashToElement(input, tags.element))
  return hex(hash(concat(framed(input, point), utf8('Finalize'))))
}

const vectors = raws.map((raw) => {
  const { identity } = readIdentity(raw)
  const { keys, withheld } = linkageKeys(identity)
  const { given, family, date, place } = namePartsOf(identity)
  return {
    raw,
    read: identity,
    normalised: {
      ...(given === undefined ? {} : { given }),
      family,
      ...(date === undefined
        ? {}
        : { date: [date.year, date.full?.month, date.full?.day].filter(Boolean).join('-') }),
      ...(place === undefined ? {} : { place }),
    },
    keys: keys.map(({ value }) => value),
    tokens: keys.map(({ value }) => tokenOf(value)),
    withheld: withheld.map(({ reason }) => reason),
  }
})

const document = {
  about: `Linkage keys, version ${linkageVersion}: identities of nobody as people write them, what is read, the keys they make, why some are withheld, and their tokens under published seeds.`,
  version: linkageVersion,
  operators: {
    about:
      'Shares are DeriveKeyPair (RFC 9497) of the seed with the info `domain|epoch`; tokens are hexadecimal.',
    domain,
    epoch,
    seeds: { gateway: hex(seeds.gateway), keyholder: hex(seeds.keyholder) },
  },
  vectors,
}

/** For an implementation in another language: all tables, and the letters of the vectors in Latin. */
const tables = {
  about: `Tables of linkage keys, version ${linkageVersion}; ij is written y. \`letters\` holds what the table of any-ascii 0.3.3 makes of the letters in the vectors, and nothing else.`,
  version: linkageVersion,
  titles: [...titles],
  particles: [...particles],
  commonGivenNames: [...commonGivenNames],
  commonFamilyNames: [...commonFamilyNames],
  letters: Object.fromEntries(
    [...new Set(raws.flatMap((raw) => Object.values(raw).join('').normalize('NFKC').split('')))]
      .filter((letter) => letter > '\u007f')
      .sort()
      .map((letter) => [letter, anyAscii(letter)]),
  ),
}

const write = (name: string, content: object) =>
  writeFile(
    new URL(`../src/linkage/vectors/${name}-${linkageVersion}.json`, import.meta.url),
    `${JSON.stringify(content, null, 2)}\n`,
  )

await write('linkage-keys', document)
await write('name-tables', tables)
