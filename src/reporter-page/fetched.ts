import type { App } from './app.ts'
import { button, type Child, element } from './elements.ts'
import { explainFailure } from './failures.ts'
import { SignedOut } from './transport.ts'

/** Something that is fetched for a screen. It takes its place there when it comes; nothing else of the screen changes. */
export function fetched<Value>(app: App, ask: () => Promise<Value>) {
  let state: { readonly value?: Value; readonly failure?: unknown } = {}
  let fill: () => void = () => {}

  const load = (): void => {
    state = {}
    fill()
    ask().then(
      (value) => {
        state = { value }
        fill()
      },
      (failure: unknown) => {
        if (!(failure instanceof SignedOut)) state = { failure }
        fill()
      },
    )
  }
  load()

  const contentOf = (draw: (value: Value) => Child): Child => {
    if (state.value !== undefined) return draw(state.value)
    if (state.failure === undefined) {
      return element('p', { role: 'status', class: 'raakvlak-hint' }, app.t().loading)
    }
    return [
      explainFailure(app.t(), app.language(), state.failure),
      button(app.t().failures.retry, load),
    ]
  }

  return {
    /** What there is to see: the value, that it is on its way, or why not. */
    show: (draw: (value: Value) => Child): HTMLElement => {
      const place = element('div', {}, contentOf(draw))
      fill = () => place.replaceChildren(element('div', {}, contentOf(draw)))
      return place
    },
  }
}
