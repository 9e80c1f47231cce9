/** Builds elements. Texts become text nodes, never markup: there is nothing to escape and nothing to forget. */

export type Child = Node | string | undefined | false | readonly Child[]

type Attributes = Readonly<Record<string, string | number | boolean | undefined>> & {
  readonly on?: never
}

function append(parent: Node, child: Child): void {
  if (child === undefined || child === false) return
  if (typeof child === 'string') parent.appendChild(document.createTextNode(child))
  else if (child instanceof Node) parent.appendChild(child)
  else for (const one of child) append(parent, one)
}

/** The classes of the design system that every element of a kind has. */
const designSystem: Readonly<Record<string, string>> = {
  h1: 'nl-heading nl-heading--level-1',
  h2: 'nl-heading nl-heading--level-2',
  p: 'nl-paragraph',
  ul: 'utrecht-unordered-list',
  label: 'utrecht-form-label',
  legend: 'utrecht-form-label',
  select: 'utrecht-select utrecht-select--html-select',
  textarea: 'utrecht-textarea utrecht-textarea--html-textarea',
  table: 'utrecht-table',
  caption: 'utrecht-table__caption',
  thead: 'utrecht-table__header',
  tbody: 'utrecht-table__body',
  tr: 'utrecht-table__row',
  td: 'utrecht-table__cell',
}

/** An element with these attributes and children. `true` sets an attribute without a value; false and undefined set none. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    made.setAttribute(name, value === true ? '' : String(value))
  }
  const own = designSystem[tag]
  if (own !== undefined) made.className = `${own} ${made.className}`.trim()
  append(made, children)
  return made
}

let lastId = 0
/** An id for this page's life. */
export const freshId = (): string => {
  lastId += 1
  return `e${lastId}`
}

const buttonClasses = {
  primary: 'nl-button nl-button--primary',
  secondary: 'nl-button nl-button--secondary',
  danger: 'nl-button nl-button--secondary page-danger',
  subtle: 'raakvlak-plain-button',
} as const

/** A button that does something. Looks like the main one of the page unless `kind` says otherwise. */
export function button(
  text: string,
  act: () => void | Promise<void>,
  kind: keyof typeof buttonClasses = 'primary',
): HTMLButtonElement {
  const made = element('button', { type: 'button', class: buttonClasses[kind] }, text)
  made.addEventListener('click', () => void act())
  return made
}

/** What a step asks, in a form that never leaves the page. */
export function form(submit: () => void | Promise<void>, ...children: readonly Child[]) {
  const made = element(
    'form',
    { novalidate: true, autocomplete: 'off', class: 'raakvlak-form' },
    ...children,
  )
  made.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })
  return made
}

export const submitButton = (text: string): HTMLButtonElement =>
  element('button', { type: 'submit', class: buttonClasses.primary }, text)

/** A field that can say what is wrong with it. */
export type Field<Value> = {
  readonly node: HTMLElement
  readonly read: () => Value
  /** Shows a fault; nothing, when there is none. */
  readonly fault: (text: string | undefined) => void
  readonly focus: () => void
}

/** By which texts a screen reader explains it. */
function describe(control: HTMLElement, ids: readonly (string | false)[]): void {
  const known = ids.filter((id) => id !== false)
  if (known.length === 0) control.removeAttribute('aria-describedby')
  else control.setAttribute('aria-describedby', known.join(' '))
}

type Look = {
  readonly label: string
  readonly hint?: string
  readonly value?: string
}

function framed(
  control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  { label, hint }: Look,
): Pick<Field<string>, 'node' | 'fault' | 'focus'> {
  const id = freshId()
  control.id = id
  const faultId = `${id}-fault`
  const hintId = `${id}-hint`
  const said = element('p', { id: faultId, class: 'raakvlak-fault', hidden: true })
  const node = element(
    'div',
    { class: 'raakvlak-field' },
    element('label', { for: id }, label),
    hint !== undefined && element('p', { id: hintId, class: 'raakvlak-hint' }, hint),
    said,
    control,
  )
  if (hint !== undefined) control.setAttribute('aria-describedby', hintId)
  return {
    node,
    fault: (text) => {
      said.textContent = text ?? ''
      said.hidden = text === undefined
      node.classList.toggle('page-invalid', text !== undefined)
      if (text === undefined) control.removeAttribute('aria-invalid')
      else control.setAttribute('aria-invalid', 'true')
      describe(control, [hint !== undefined && hintId, text !== undefined && faultId])
    },
    focus: () => control.focus(),
  }
}

/** Nothing in a field is completed, corrected, spelled out elsewhere, or sent by its name: it has none. */
const keptHere = {
  autocomplete: 'off',
  autocapitalize: 'off',
  autocorrect: 'off',
  spellcheck: 'false',
  'data-1p-ignore': true,
  'data-lpignore': 'true',
} as const

export function textField(
  look: Look & {
    readonly inputmode?: 'numeric' | 'tel' | 'text'
    readonly width?: 'short' | 'medium'
    readonly type?: 'text' | 'date' | 'password'
    readonly max?: string
    readonly maxlength?: number
  },
): Field<string> {
  const { inputmode, width = 'long', type = 'text', max, maxlength, value = '' } = look
  const control = element('input', {
    ...keptHere,
    type,
    inputmode,
    max,
    maxlength,
    class: `utrecht-textbox utrecht-textbox--html-input page-${width}`,
  })
  control.value = value
  return { ...framed(control, look), read: () => control.value.trim() }
}

export function textArea(look: Look & { readonly maxlength: number }): Field<string> {
  const control = element('textarea', {
    ...keptHere,
    rows: 5,
    maxlength: look.maxlength,
  })
  control.value = look.value ?? ''
  return { ...framed(control, look), read: () => control.value.trim() }
}

export type Option = { readonly value: string; readonly text: string; readonly hint?: string }

export function selectField(look: Look & { readonly options: readonly Option[] }): Field<string> {
  const control = element(
    'select',
    { autocomplete: 'off', class: undefined },
    look.options.map(({ value, text }) =>
      element('option', { value, selected: value === look.value }, text),
    ),
  )
  return { ...framed(control, look), read: () => control.value }
}

function choices(
  type: 'radio' | 'checkbox',
  { label, hint, chosen, options, hideLegend = false }: Choices,
): Pick<Field<string>, 'node' | 'fault' | 'focus'> & {
  readonly controls: readonly HTMLInputElement[]
} {
  const group = freshId()
  const said = element('p', { id: `${group}-fault`, class: 'raakvlak-fault', hidden: true })
  const controls: HTMLInputElement[] = []
  const items = options.map(({ value, text, hint: more }) => {
    const id = freshId()
    const control = element('input', {
      type,
      id,
      value,
      autocomplete: 'off',
      checked: chosen.includes(value),
      // Radio buttons of one question exclude one another by a name; it says nothing about anybody.
      name: type === 'radio' ? group : undefined,
      'aria-describedby': more === undefined ? undefined : `${id}-hint`,
    })
    controls.push(control)
    return element(
      'div',
      { class: 'raakvlak-choice' },
      control,
      element('label', { for: id }, text),
      more !== undefined && element('p', { id: `${id}-hint`, class: 'raakvlak-hint' }, more),
    )
  })
  const node = element(
    'fieldset',
    {
      class: 'raakvlak-field raakvlak-choices',
      'aria-describedby': hint === undefined ? undefined : `${group}-hint`,
    },
    element('legend', { class: hideLegend ? 'page-unseen' : undefined }, label),
    hint !== undefined && element('p', { id: `${group}-hint`, class: 'raakvlak-hint' }, hint),
    said,
    items,
  )
  return {
    node,
    controls,
    fault: (text) => {
      said.textContent = text ?? ''
      said.hidden = text === undefined
      node.classList.toggle('page-invalid', text !== undefined)
      describe(node, [hint !== undefined && `${group}-hint`, text !== undefined && said.id])
    },
    focus: () => controls[0]?.focus(),
  }
}

type Choices = {
  readonly label: string
  readonly hint?: string
  readonly chosen: readonly string[]
  readonly options: readonly Option[]
  readonly hideLegend?: boolean
}

/** One of these; an empty text when none is chosen. */
export function radioField(look: Choices): Field<string> {
  const { controls, ...rest } = choices('radio', look)
  return { ...rest, read: () => controls.find(({ checked }) => checked)?.value ?? '' }
}

/** Any of these. */
export function checkboxField(look: Choices): Field<readonly string[]> {
  const { controls, ...rest } = choices('checkbox', look)
  return {
    ...rest,
    read: () => controls.filter(({ checked }) => checked).map(({ value }) => value),
  }
}

/** A message that a screen reader tells at once. */
export const notice = (
  kind: 'info' | 'ok' | 'warning' | 'error',
  title: string,
  ...children: readonly Child[]
): HTMLElement =>
  element(
    'div',
    {
      class: `raakvlak-notice raakvlak-notice--${kind === 'error' ? 'danger' : kind}`,
      role: kind === 'error' ? 'alert' : 'status',
    },
    element('p', { class: 'page-strong' }, title),
    ...children,
  )

/** Terms and what they say, as a list. */
export const summaryList = (rows: readonly (readonly [string, Child])[]): HTMLElement =>
  element(
    'dl',
    { class: 'raakvlak-facts' },
    rows.map(([term, told]) =>
      element('div', {}, element('dt', {}, term), element('dd', {}, told)),
    ),
  )
