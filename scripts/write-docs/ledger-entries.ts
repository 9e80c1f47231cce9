import { entryKinds } from '../../src/ledger/entries.ts'

type Field = { readonly description?: string; readonly '~optional'?: true }

const cell = (text: string): string => text.replaceAll('|', '\\|')

function fieldRow(name: string, field: Field): string {
  const optional = '~optional' in field ? 'when known' : 'always'
  return `| \`${name}\` | ${optional} | ${cell(field.description ?? '')} |`
}

/** `docs/ledger-entries.md`: the catalogue of entry kinds, for those who read a ledger. */
export function ledgerEntriesPage(): string {
  const sections = Object.entries(entryKinds).map(([kind, { title, records, fields }]) => {
    const rows = Object.entries(fields as Readonly<Record<string, Field>>).map(([name, field]) =>
      fieldRow(name, field),
    )
    return `## \`${kind}\`: ${title}

${records}

| field | present | what it holds |
|---|---|---|
${rows.join('\n')}
`
  })
  return `# Entries of the ledger

<!-- Written by scripts/write-docs/ledger-entries.ts from src/ledger/entries.ts. Do not edit. -->

Both operators keep a ledger, and every act stands on it before its answer leaves, refused acts too. What the door turns
away before it is known who asks for what (no valid token, a body of another form, too many requests) is no act: it stands in
the log only.
An entry is the canonical JSON (RFC 8785) of the fields below with two more: \`kind\`, and \`at\`, the
instant in UTC with milliseconds, which never goes backward.

The leaf in the Merkle tree is \`SHA-256("raakvlak/entry/1\\n" ‖ salt ‖ entry)\` with 32 random bytes of
salt. Whoever has entry and salt can prove what was recorded; once both are erased the leaf says
nothing, and the ledger still verifies.

No entry holds an identity, a token, a hash of a token, free text, or whether a signal matched, unless its
receiver asked for a disclosure, or a flag was closed; an estimate is of a whole agreement, and of 20 links or more. How many entries an act makes does not
depend on that either.

${sections.join('\n')}`
}
