import { html } from '../../kernel/html.ts'
import { paragraph } from '../parts.ts'
import type { Answer, Visit } from '../types.ts'

export const helpPage = ({ text }: Visit): Answer => ({
  title: text('help.title'),
  body: html`${paragraph(text('public.what.1'))}${paragraph(text('public.what.2'))}${paragraph(text('public.what.3'))}`,
})

export const accessibilityPage = ({ text }: Visit): Answer => ({
  title: text('accessibility.title'),
  body: html`${paragraph(text('accessibility.1'))}${paragraph(text('accessibility.2'))}${paragraph(text('accessibility.3'))}${paragraph(text('accessibility.4'))}`,
})
