import type { OwnAgency, SignedIn } from '../client/local-api.ts'
import { dayOf, systemClock } from '../kernel/clock.ts'
import { button, type Child, element, form, submitButton, textField } from './elements.ts'
import { explainFailure } from './failures.ts'
import { openSender, type Sender } from './sending.ts'
import { type PageLanguage, type Texts, textsOf } from './texts.ts'
import { openTransport, type Transport } from './transport.ts'

/** One screen: made anew whenever it is shown, also in the other language. */
export type View = {
  readonly title: string
  readonly body: Child
  /** Keeps what was typed so far, before the screen is made anew or left. */
  readonly save?: () => void
  /** Beside the form. */
  readonly aside?: Child
}
export type Screen = () => View

/** What every screen has at hand. */
export type App = {
  readonly t: () => Texts
  readonly language: () => PageLanguage
  readonly today: () => string
  readonly transport: Transport
  readonly own: () => OwnAgency
  readonly signedIn: () => SignedIn
  readonly sender: () => Sender
  /** Goes to a screen; the browser's own "back" leads to the one before. */
  readonly show: (screen: Screen) => void
  /** Goes to a screen from which nothing leads back to those before. */
  readonly restart: (screen: Screen) => void
  /** Makes the screen anew, for instance because something arrived. */
  readonly refresh: () => void
  /** Learns anew which agreements were signed. */
  readonly renewOwn: () => Promise<void>
  readonly home: () => void
  readonly back: () => void
}

/** Screens that are reached from the start; main.ts knows them. */
export type StartScreens = (app: App) => {
  readonly start: Screen
  readonly isTyping: () => boolean
  readonly forget: () => void
}

export function openApp(root: HTMLElement, screens: StartScreens): void {
  let language: PageLanguage = 'nl'
  let signedIn: SignedIn | undefined
  let own: OwnAgency | undefined
  let sender: Sender | undefined
  let trail: Screen[] = []
  let at = 0
  let shown: View | undefined
  let asksAgain = false

  const t = (): Texts => textsOf[language]
  const transport = openTransport(() => {
    asksAgain = true
    queueMicrotask(paint)
  })

  function held<Value>(value: Value | undefined): Value {
    if (value === undefined) throw new Error('nobody is signed in')
    return value
  }

  const app: App = {
    t,
    language: () => language,
    today: () => dayOf(systemClock.now()),
    transport,
    own: () => held(own),
    signedIn: () => held(signedIn),
    sender: () => held(sender),
    show(screen) {
      shown?.save?.()
      trail = [...trail.slice(0, at + 1), screen]
      at = trail.length - 1
      history.pushState({ at }, '')
      paint()
    },
    restart(screen) {
      trail = [screen]
      at = 0
      history.replaceState({ at }, '')
      paint()
    },
    refresh() {
      shown?.save?.()
      paint(false)
    },
    renewOwn: async () => {
      own = await transport.get<OwnAgency>('/api/agency')
    },
    home: () => app.restart(start),
    back: () => history.back(),
  }
  const { start, isTyping, forget } = screens(app)

  async function signIn(code: string): Promise<void> {
    const before = signedIn
    const session = await transport.post<SignedIn>('/api/sessions', { code })
    transport.hold(session.token)
    own = await transport.get<OwnAgency>('/api/agency')
    signedIn = session
    sender = openSender(transport, own)
    asksAgain = false
    // What one person typed is not for another.
    if (before !== undefined && before.name === session.name) return paint()
    forget()
    app.home()
  }

  function signOut(): void {
    void transport.post('/api/sessions/_end', {}).catch(() => {})
    transport.hold(undefined)
    forget()
    signedIn = undefined
    own = undefined
    sender = undefined
    app.restart(start)
  }

  function signInView(): View {
    const texts = t().signIn
    const code = textField({
      label: texts.code,
      hint: texts.hint,
      type: 'password',
      width: 'medium',
    })
    const failure = element('div', {})
    const submit = async (): Promise<void> => {
      const given = code.read()
      code.fault(given === '' ? texts.missing : undefined)
      if (given === '') return code.focus()
      await signIn(given).catch((error: unknown) => {
        failure.replaceChildren(explainFailure(t(), language, error))
        code.focus()
      })
    }
    return {
      title: asksAgain ? texts.again : texts.title,
      body: [
        asksAgain && element('p', {}, texts.againText),
        form(submit, failure, code.node, submitButton(texts.submit)),
      ],
    }
  }

  function header(): HTMLElement {
    const other = button(
      t().otherLanguage,
      () => {
        shown?.save?.()
        language = language === 'nl' ? 'en' : 'nl'
        document.documentElement.lang = language
        paint()
      },
      'subtle',
    )
    other.lang = t().otherLanguageCode
    const isIn = signedIn !== undefined && !asksAgain
    return element(
      'header',
      { class: 'raakvlak-header' },
      element(
        'div',
        { class: 'raakvlak-header__row' },
        element('p', { class: 'raakvlak-brand' }, own?.name ?? t().title),
        element(
          'div',
          { class: 'raakvlak-person' },
          isIn && button(t().home, () => leave(app.home), 'subtle'),
          other,
          isIn && button(t().signOut, () => leave(signOut), 'subtle'),
        ),
      ),
    )
  }

  /** Leaving loses what was typed: that is asked first. */
  function leave(act: () => void): void {
    if (isTyping() && !window.confirm(t().leaving)) return
    forget()
    act()
  }

  function paint(takeFocus = true): void {
    const view = signedIn === undefined || asksAgain ? signInView() : (trail[at] ?? start)()
    shown = view
    document.title = `${view.title} – ${t().title}`
    const heading = element('h1', { tabindex: -1 }, view.title)
    const main = element(
      'main',
      { id: 'content', class: 'raakvlak-main page-columns' },
      element('div', { class: 'page-main' }, heading, view.body),
      view.aside !== undefined &&
        view.aside !== false &&
        element('aside', { class: 'page-aside', 'aria-label': t().may.title }, view.aside),
    )
    const skip = element(
      'a',
      { class: 'nl-skip-link nl-skip-link--visible-on-focus', href: '#content' },
      t().skip,
    )
    const foot = element(
      'footer',
      { class: 'raakvlak-footer' },
      element('p', {}, own === undefined ? '' : t().bundle(own.bundle.slice(0, 16))),
    )
    root.replaceChildren(skip, header(), main, foot)
    if (takeFocus) heading.focus()
  }

  window.addEventListener('popstate', (event: PopStateEvent) => {
    shown?.save?.()
    const { at: wanted } = (event.state ?? {}) as { readonly at?: unknown }
    at = typeof wanted === 'number' && trail[wanted] !== undefined ? wanted : 0
    paint()
  })
  window.addEventListener('beforeunload', (event) => {
    if (isTyping()) event.preventDefault()
  })
  // A page that waits in the browser's memory to be gone back to would keep what was typed.
  window.addEventListener('pagehide', () => {
    forget()
    root.replaceChildren()
  })
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })

  document.documentElement.lang = language
  history.replaceState({ at: 0 }, '')
  trail = [start]
  paint(false)
}
