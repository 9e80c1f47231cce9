import { Readable } from 'node:stream'
import fastifyCookie from '@fastify/cookie'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { faultOf } from '../door/problem.ts'
import { Fault } from '../kernel/fault.ts'
import { consoleClient, uuidPattern } from '../kernel/ids.ts'
import { rowsHeader } from '../wire/access.ts'
import type { Console } from './console.ts'

import { documentOf } from './layout.ts'
import { errorPage, Refusal } from './pages/errors.ts'
import { accessibilityPage, helpPage } from './pages/help.ts'
import {
  accountPage,
  provedPage,
  provePage,
  signInPage,
  signOutPage,
  unfinishedPage,
} from './pages/sign-in.ts'
import { interactionPath, providerCookies, providerPath } from './provider.ts'
import { type Language, languages, textsIn } from './texts.ts'
import type { Answer, FileAnswer, OfficersVisit, Page, Session, Visit } from './types.ts'

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

/** Nothing here depends on who looks. */
const unpersonal = '/console/assets/'
/** A number of ours, or the index of an entry. */
const number = new RegExp(`${uuidPattern}|^(?:0|[1-9][0-9]{0,14})$`)
const largestForm = 64 * 1024
const config = { access: 'public' as const }
const schema = { hide: true } as const

declare module 'fastify' {
  interface FastifyRequest {
    /** The officer at the console, on its pages only. */
    officerSession: Session | null
  }
}

const languageOf = (request: FastifyRequest, cookie: string): Language => {
  const asked = [
    new URL(request.url, 'http://console').searchParams.get('lang'),
    request.cookies?.[cookie],
  ]
  const known = asked.find((one) => languages.some((language) => language === one))
  if (known !== undefined && known !== null) return known as Language
  return /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'nl'
}

const browserOf = ({ headers }: FastifyRequest): string => headers['user-agent'] ?? ''

function sendFile(reply: FastifyReply, { name, type, content, rows }: FileAnswer): FastifyReply {
  if (rows !== undefined) reply.header(rowsHeader, rows)
  return reply
    .header('content-disposition', `attachment; filename="${name}"`)
    .type(type)
    .send(Readable.from(content))
}

/** The console over HTTP: who comes, in which language, whether it may, and the page. Translation only. */
export const consoleRoutes =
  (room: Console): FastifyPluginAsync =>
  async (app) => {
    const { cookies, sessions, signIn, assets, origin, clock } = room
    await app.register(fastifyCookie)
    app.decorateRequest('officerSession', null)
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: largestForm },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    )
    app.addHook('onRequest', async (request, reply) => {
      reply.headers({
        'content-security-policy': policy,
        // Forms have to say where they come from; whoever is elsewhere learns nothing.
        'referrer-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      })
      if (request.url.startsWith(unpersonal)) return
      request.officerSession =
        (await sessions.find(request.cookies[cookies.session], browserOf(request))) ?? null
    })

    const visitOf = (request: FastifyRequest): Visit => {
      const language = languageOf(request, cookies.language)
      const address = new URL(request.url, origin)
      return {
        language,
        text: textsIn(language),
        path: `${address.pathname}${address.search}`,
        params: request.params as Record<string, string>,
        query: address.searchParams,
        form: request.body instanceof URLSearchParams ? request.body : new URLSearchParams(),
        now: clock.now(),
      }
    }

    function send(request: FastifyRequest, reply: FastifyReply, visit: Visit, answer: Answer) {
      if ('goTo' in answer) return reply.redirect(answer.goTo, 303)
      if ('file' in answer) return sendFile(reply, answer.file)
      const session = request.officerSession ?? undefined
      const chosen = visit.query.get('lang')
      if (chosen !== null && chosen === visit.language) {
        reply.setCookie(cookies.language, chosen, { ...cookies.manners, maxAge: 31_536_000 })
      }
      const page = documentOf(
        {
          text: visit.text,
          language: visit.language,
          address: new URL(visit.path, origin),
          session,
          now: visit.now,
          menu: session === undefined ? [] : room.menuFor(session.roles),
          assets: { style: assets.style.path, script: assets.script.path },
        },
        {
          ...answer,
          script: answer.script === undefined ? undefined : assets[answer.script].path,
        },
      )
      return reply
        .code(answer.status ?? 200)
        .header('content-language', visit.language)
        .type('text/html; charset=utf-8')
        .send(page)
    }

    const showError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const fault = error instanceof Refusal ? error : faultOf(error)
      if (fault.status >= 500) request.log.error({ err: error }, 'a page of the console failed')
      const visit = visitOf(request)
      return send(request, reply, visit, errorPage(visit, fault, request.id))
    }
    app.setErrorHandler(showError)
    app.get('/console/*', { config, schema }, async () => {
      throw new Fault('door/not-found')
    })

    /** A form counts when this console showed it to this session. */
    function assertOwnForm(request: FastifyRequest, form: URLSearchParams): void {
      const from = request.headers.origin
      const session = request.officerSession
      if (from !== undefined && from !== origin) throw new Refusal(403, 'error.csrf')
      if (from === undefined && request.headers['sec-fetch-site'] !== 'same-origin') {
        throw new Refusal(403, 'error.csrf')
      }
      if (session === null || form.get('csrf') !== session.csrf) {
        throw new Refusal(403, 'error.csrf')
      }
    }

    async function answerTo(page: Page, request: FastifyRequest, reply: FastifyReply) {
      const session = request.officerSession
      const visit = visitOf(request)
      if (session === null) {
        if (page.method === 'POST') throw new Refusal(401, 'error.401.text')
        const query = new URLSearchParams({ return: visit.path })
        return reply.redirect(`/console/sign-in?${query}`, 303)
      }
      if (page.method === 'POST') assertOwnForm(request, visit.form)
      // What does not look like one of our numbers is none, and gets no further.
      if (!Object.values(visit.params).every((one) => number.test(one)))
        throw new Fault('door/not-found')
      if (!page.roles.some((role) => session.roles.includes(role)))
        throw new Refusal(403, 'error.403.text')
      if (!(await room.mayAct(session))) throw new Refusal(403, 'error.403.text')
      const officersVisit: OfficersVisit = {
        ...visit,
        session,
        proved: sessions.isProved(session),
        asker: {
          agency: session.agency,
          client: consoleClient,
          officer: session.officer,
          requestId: request.id,
        },
      }
      if (page.prove !== undefined && !officersVisit.proved) {
        return send(request, reply, visit, await page.prove(officersVisit))
      }
      return send(request, reply, visit, await page.show(officersVisit))
    }
    for (const page of room.pages) {
      app.route({
        method: page.method,
        url: page.path,
        config,
        schema,
        handler: (request, reply) => answerTo(page, request, reply),
      })
    }

    for (const { path, type, body, compressed } of assets.all) {
      app.get(path, { config, schema }, (request, reply) => {
        reply
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('vary', 'accept-encoding')
          .type(type)
        const packed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
        return packed ? reply.header('content-encoding', 'gzip').send(compressed) : reply.send(body)
      })
    }

    const open = (path: string, show: (visit: Visit) => Promise<Answer> | Answer) =>
      app.get(path, { config, schema }, async (request, reply) => {
        const visit = visitOf(request)
        return send(request, reply, visit, await show(visit))
      })
    open('/', room.showPublicPage)
    open('/console/help', helpPage)
    open('/console/accessibility', accessibilityPage)
    open('/console/signed-out', signOutPage)
    open('/console/sign-in', signInPage)
    open('/console/proved', provedPage)
    app.get('/console/prove', { config, schema }, (request, reply) => {
      const visit = visitOf(request)
      return send(request, reply, visit, provePage(visit))
    })

    for (const [path, confirms] of [
      ['/console/sign-in/begin', false],
      ['/console/prove/begin', true],
    ] as const) {
      app.get(path, { config, schema }, async (request, reply) => {
        const { query, language } = visitOf(request)
        const session = confirms ? (request.officerSession ?? undefined) : undefined
        const begun = await signIn.begin(query.get('return') ?? '', language, session)
        // The service of development remembers who came last, and would have to be told that another one comes.
        if (room.embedded !== undefined) {
          for (const name of providerCookies) reply.clearCookie(name, cookies.manners)
        }
        reply.setCookie(cookies.signIn, begun.cookie, { ...cookies.manners, maxAge: 600 })
        return reply.redirect(begun.address, 302)
      })
    }

    app.get('/console/sign-in/callback', { config, schema }, async (request, reply) => {
      const visit = visitOf(request)
      const came = await signIn.finish(visit.query, request.cookies[cookies.signIn])
      reply.clearCookie(cookies.signIn, cookies.manners)
      if (came.is !== 'officer') {
        return send(request, reply, visit, unfinishedPage(visit, came.is))
      }
      const arrived = await room.arrive(
        came,
        request.officerSession ?? undefined,
        browserOf(request),
        request.id,
      )
      if (arrived === undefined) {
        request.officerSession = null
        reply.clearCookie(cookies.session, cookies.manners)
        return send(request, reply, visit, unfinishedPage(visit, 'other'))
      }
      reply.setCookie(cookies.session, arrived, cookies.manners)
      return reply.redirect(came.returnTo, 303)
    })

    app.post('/console/sign-out', { config, schema }, async (request, reply) => {
      const session = request.officerSession
      if (session !== null) {
        assertOwnForm(request, visitOf(request).form)
        await room.leave(session, request.id)
      }
      reply.clearCookie(cookies.session, cookies.manners)
      return reply.redirect('/console/signed-out', 303)
    })

    if (room.embedded !== undefined) await app.register(accountRoutes(room, send, visitOf))
  }

type Send = (
  request: FastifyRequest,
  reply: FastifyReply,
  visit: Visit,
  answer: Answer,
) => FastifyReply

/** The sign-in service of development. */
const accountRoutes =
  (room: Console, send: Send, visitOf: (request: FastifyRequest) => Visit): FastifyPluginAsync =>
  async (app) => {
    const { embedded, origin } = room
    if (embedded === undefined) return
    const { provider, accounts } = embedded
    const unreachable = async () => {
      throw new Error('the sign-in service answers before the handler')
    }
    const path = `${interactionPath}/:uid`

    async function assertUnderWay(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      if (!(await provider.isUnderWay(request, reply))) throw new Refusal(401, 'error.401.text')
    }
    app.get(path, { config, schema }, async (request, reply) => {
      await assertUnderWay(request, reply)
      const visit = visitOf(request)
      return send(request, reply, visit, accountPage(visit, undefined))
    })
    app.post(path, { config, schema }, async (request, reply) => {
      await assertUnderWay(request, reply)
      const visit = visitOf(request)
      if (request.headers.origin !== undefined && request.headers.origin !== origin) {
        throw new Refusal(403, 'error.csrf')
      }
      const [account = '', password = '', code = ''] = ['account', 'password', 'code'].map((name) =>
        (visit.form.get(name) ?? '').slice(0, 200),
      )
      const checked = await accounts.check(account.trim(), password, code)
      if (typeof checked === 'string') {
        return send(request, reply, visit, accountPage(visit, checked))
      }
      return reply.redirect(await provider.finish(request, reply, checked), 303)
    })
    for (const own of [
      '/.well-known/openid-configuration',
      '/auth',
      '/auth/:uid',
      '/jwks',
      '/token',
    ]) {
      const method = own === '/token' ? 'POST' : 'GET'
      app.route({
        method,
        url: `${providerPath}${own}`,
        config,
        schema,
        onRequest: provider.handle,
        handler: unreachable,
      })
    }
  }
