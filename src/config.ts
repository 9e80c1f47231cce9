import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { slugPattern } from './kernel/ids.ts'
import { Thumbprint } from './wire/common.ts'

const closed = { additionalProperties: false } as const
const Path = Type.String({
  minLength: 1,
  description: 'Relative to the folder above the settings file',
})

const Listen = Type.Object(
  { host: Type.String(), port: Type.Integer({ minimum: 0, maximum: 65_535 }) },
  closed,
)

const DatabaseSetting = Type.Union([
  Type.Object({ kind: Type.Literal('embedded'), directory: Path }, closed),
  Type.Object(
    { kind: Type.Literal('external'), urlFile: Path },
    { ...closed, description: 'The file holds a connection string to PostgreSQL 15 or newer' },
  ),
])

/** How the other operator is known: a thumbprint told out of band, or, in development, its file. */
const PeerPin = Type.Union([
  Type.Object({ rootThumbprint: Thumbprint }, closed),
  Type.Object({ rootThumbprintFile: Path }, closed),
])

const common = {
  listen: Listen,
  publicUrl: Type.String({ format: 'uri', description: 'Where callers reach this operator' }),
  ledgerOrigin: Type.String({ pattern: '^[A-Za-z0-9./_-]{1,100}$' }),
  database: DatabaseSetting,
  tileFolder: Type.Optional(
    Type.String({
      ...Path,
      description: 'Where full tiles of the ledger are kept as files, which never change',
    }),
  ),
  timestamps: Type.Optional(
    Type.Object(
      {
        url: Type.String({ format: 'uri', description: 'Address of the authority (RFC 3161)' }),
        authorityFile: Type.String({
          ...Path,
          description: 'Certificates (PEM) of the authority that are trusted: its root',
        }),
        everyMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_080 })),
      },
      {
        ...closed,
        description: 'Has checkpoints of the ledger stamped; without it nobody outside is asked',
      },
    ),
  ),
  keyFile: Path,
  makeKeys: Type.Boolean({ description: 'Make keys on first start; development only' }),
  policies: Path,
  library: Path,
  otlp: Type.Optional(
    Type.Object(
      {
        url: Type.String({
          pattern: '^https?://[!-~]{1,500}$',
          description: 'Base address of a collector (OTLP over HTTP, JSON)',
        }),
        headersFile: Type.Optional(
          Type.String({ ...Path, description: 'Headers for it, `name: value` a line' }),
        ),
        everySeconds: Type.Integer({ minimum: 1, maximum: 3_600 }),
      },
      {
        ...closed,
        description: 'Pushes the logs of processing and of decisions; without it nobody gets them',
      },
    ),
  ),
  processingActivities: Type.Optional(
    Type.String({
      ...Path,
      description:
        'Register of processing activities; the one that comes with the program by default',
    }),
  ),
  threads: Type.Integer({ minimum: 1, maximum: 64 }),
  logLevel: Type.Enum(['silent', 'error', 'warn', 'info', 'debug']),
  requestsPerMinute: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
  trustProxy: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(?:/[0-9]{1,3})?$' }), {
      minItems: 1,
      maxItems: 20,
      description:
        'Addresses or networks of the reverse proxy, whose X-Forwarded-For is believed. Without it nobody’s is',
    }),
  ),
}

const WebhookSettings = Type.Object(
  {
    source: Type.Optional(
      Type.String({
        pattern: '^(?:urn|https?):[!-~]{1,200}$',
        description:
          'How the gateway names itself in what it sends, such as urn:nld:oin:…:systeem:raakvlak; its public URL by default',
      }),
    ),
    networks: Type.Optional(
      Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' }), {
        maxItems: 20,
        description: 'Networks beside the public internet in which webhooks may stand',
      }),
    ),
    ports: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
        maxItems: 100,
        description: 'Ports beside 443 at which webhooks may stand',
      }),
    ),
    authoritiesFile: Type.Optional(
      Type.String({
        ...Path,
        description: 'Certificates (PEM) of authorities that are trusted beside the usual ones',
      }),
    ),
  },
  closed,
)

/** How officers sign in at the console. */
const SignInSettings = Type.Union([
  Type.Object(
    {
      kind: Type.Literal('external'),
      issuer: Type.String({ format: 'uri', description: 'OpenID Connect issuer' }),
      clientId: Type.String({ minLength: 1, maxLength: 200 }),
      clientKeyFile: Type.String({
        ...Path,
        description: 'Private key (JWK on P-256) that the gateway authenticates with at the issuer',
      }),
      secondFactor: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 10,
        description: 'Values of `acr` that say that a second factor was proved',
      }),
      agencies: Type.Array(Type.String({ pattern: slugPattern }), {
        minItems: 1,
        maxItems: 500,
        description: 'Agencies that this issuer may speak for',
      }),
      claims: Type.Optional(
        Type.Object(
          {
            agency: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
            officer: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
            roles: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
            name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
          },
          {
            ...closed,
            description: 'Names of claims, where they are not agency, sub, roles, name',
          },
        ),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal('embedded'),
      accountsFile: Type.String({
        ...Path,
        description: 'Accounts of development and demonstrations; see `npm run console:account`',
      }),
    },
    closed,
  ),
])

const ConsoleSettings = Type.Object(
  {
    signIn: SignInSettings,
    connectorUrls: Type.Optional(
      Type.Record(Type.String({ pattern: slugPattern }), Type.String({ format: 'uri' }), {
        description: 'Where officers of an agency find its own connector’s page',
      }),
    ),
  },
  closed,
)
export type SignInSettings = Static<typeof SignInSettings>
export type ConsoleSettings = Static<typeof ConsoleSettings>

const GatewaySettings = Type.Object(
  {
    ...common,
    console: Type.Optional(ConsoleSettings),
    webhooks: Type.Optional(WebhookSettings),
    keyholder: Type.Object({ url: Type.String({ format: 'uri' }), pin: PeerPin }, closed),
  },
  closed,
)
const KeyholderSettings = Type.Object(
  { ...common, gateway: Type.Object({ pin: PeerPin }, closed) },
  closed,
)
const Settings = Type.Object(
  {
    gateway: Type.Optional(GatewaySettings),
    keyholder: Type.Optional(KeyholderSettings),
  },
  closed,
)

export type PeerPin = Static<typeof PeerPin>
export type GatewaySettings = Static<typeof GatewaySettings>
export type KeyholderSettings = Static<typeof KeyholderSettings>
export type Settings = Static<typeof Settings>

/** Settings that cannot be used; says everything that is wrong with them. */
export class SettingsError extends Error {
  constructor(file: string, faults: readonly string[]) {
    super(`${file} cannot be used:\n  ${faults.join('\n  ')}`)
    this.name = 'SettingsError'
  }
}

const validator = Compile(Settings)

/** Checks settings of unknown form. @throws SettingsError naming every fault */
export function parseSettings(content: unknown, file = 'settings'): Settings {
  if (!validator.Check(content)) {
    throw new SettingsError(
      file,
      validator
        .Errors(content)
        .map(({ instancePath, message }) => `${instancePath || '/'} ${message}`),
    )
  }
  return content
}

/**
 * Reads a settings file. Paths in it are relative to the folder that holds the file's folder, so that
 * `var/…` in `config/development.json` lies beside `config`.
 */
export function readSettings(file: string): {
  readonly settings: Settings
  readonly path: (relative: string) => string
} {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new SettingsError(file, [
      error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read',
    ])
  }
  const top = dirname(dirname(file))
  return {
    settings: parseSettings(content, file),
    path: (relative) => (isAbsolute(relative) ? relative : join(top, relative)),
  }
}
