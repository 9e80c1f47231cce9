import type { App } from './app.ts'
import { type Field, textField } from './elements.ts'

/** The access code, asked for again before something that cannot be taken back. */
export function stepUpField(app: App): Field<string> & { readonly check: () => boolean } {
  const t = app.t().decide
  const field = textField({ label: t.code, hint: t.codeHint, type: 'password', width: 'medium' })
  return {
    ...field,
    check: () => {
      const isMissing = field.read() === ''
      field.fault(isMissing ? t.codeMissing : undefined)
      if (isMissing) field.focus()
      return !isMissing
    },
  }
}

/** Whether a remark is long enough to say something; tells when not. */
export function saysEnough(app: App, field: Field<string>, mayBeEmpty = false): boolean {
  const text = field.read()
  const isFine = text.length >= 10 || (mayBeEmpty && text === '')
  field.fault(isFine ? undefined : app.t().decide.short)
  if (!isFine) field.focus()
  return isFine
}
