import { makeBundle } from '../../src/connector/bundle.ts'

/** The page of reporters as this version makes it: what an agency compares with what its connector serves. */
export async function reporterPageHashes(): Promise<string> {
  const { files, hash } = await makeBundle()
  const rows = [...files].map(
    ([path, file]) =>
      `| \`${path}\` | ${Math.ceil(file.bytes.length / 1000)} kB | ${Math.ceil(file.compressed.length / 1000)} kB | \`${file.hash}\` |`,
  )
  return `# The reporter's page, by its hash

Generated from the sources by \`npm run docs\`. Do not edit.

The page on which reporters enter signals is made from the sources of this version when a connector starts, the same
to the byte on every machine. Its hash is

\`\`\`text
${hash}
\`\`\`

The connector prints the hash of the page that it serves, and so does

\`\`\`sh
npm run raakvlak -- connector --print-hash
\`\`\`

Where the two differ, something else is served than what was published: enter nothing, and ask. The hash is SHA-256 over
the lines \`hash, two spaces, path\` of these files:

| file | size | compressed | SHA-256 |
|---|---|---|---|
${rows.join('\n')}

The frame at \`/\` names the hashes of script and style sheet, and a browser runs no others. Most of the script is
libsodium as WebAssembly, which works on the group of the tokens. What the page does, and what it does not:
[connector.md](connector.md).
`
}
