// Lets a route's schema carry what the OpenAPI document says about it.
import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../wire/oauth.ts'

/**
 * Who may knock at a route: anyone (`public`); anyone with a signed statement in the body, which
 * the room behind the route verifies (`statement`); a client whose access token has a scope.
 */
export type Access = 'public' | 'statement' | { readonly scope: Scope }

export type RouteRow = { readonly method: string; readonly path: string; readonly access: Access }

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says who may knock; one that does not refuses to boot. */
    access?: Access
    /** `false`: not counted by the limiter. For probes only. */
    limited?: boolean
  }
  interface FastifyInstance {
    /** Every route with its access, in the order of registration. HEAD routes included. */
    readonly routeTable: readonly RouteRow[]
  }
}

export type Authenticate = (
  request: FastifyRequest,
  reply: FastifyReply,
  scope: Scope,
) => Promise<void>

/**
 * Refuses to boot with a route that does not say who may knock, and has callers authenticated
 * where a route asks for a scope. Call it before any route is declared.
 */
export function placeGuard(app: FastifyInstance, authenticate: Authenticate | undefined): void {
  const table: RouteRow[] = []
  app.decorate('routeTable', table)
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access
    const name = `${[method].flat().join(', ')} ${url}`
    if (access === undefined) throw new Error(`${name} does not say who may knock: config.access`)
    if (typeof access === 'object' && authenticate === undefined) {
      throw new Error(`${name} asks for a scope, and nothing here can authenticate callers`)
    }
    for (const one of [method].flat()) table.push({ method: one, path: url, access })
  })
  app.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access
    if (typeof access === 'object' && authenticate !== undefined) {
      await authenticate(request, reply, access.scope)
    }
  })
}

/** Methods that a path knows, for `Allow`. Reads patterns as find-my-way writes them. */
export function methodsOf(table: readonly RouteRow[]): (path: string) => readonly string[] {
  const patterns = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>()
  for (const { method, path } of table) {
    const known = patterns.get(path)
    if (known === undefined) {
      patterns.set(path, { path: patternOf(path), methods: new Set([method]) })
    } else known.methods.add(method)
  }
  return (path) => {
    const methods = [...patterns.values()].filter((pattern) => pattern.path.test(path))
    return [...new Set(methods.flatMap((pattern) => [...pattern.methods]))].sort()
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace(/[.+?^${}|[\]\\]/g, '\\$&')
      .replace(/:[A-Za-z0-9_]+(?:\([^/]*\))?/g, '[^/]+')
      .replace(/\*/g, '.*')}$`,
  )
