import { Fault } from '../../kernel/fault.ts'
import { html } from '../../kernel/html.ts'
import type { Accesses } from '../../oversight/accesses.ts'
import type { CheckedEntry, CheckTexts } from '../check.ts'
import { downloadForm, facts, heading, notice, paragraph } from '../parts.ts'
import type { Page } from '../types.ts'
import { occasionOf } from './filters.ts'

const roles = ['privacy-officer'] as const

export type ProofRooms = {
  readonly accesses: Pick<Accesses, 'receipt'>
  readonly verifierKey: string
  /** The newest cosigned checkpoint that holds the entry, if there is one by now. */
  readonly cosignedWith: (index: number) => Promise<CheckedEntry['cosigned']>
}

const indexIn = (text = ''): number => {
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) throw new Fault('door/not-found')
  return Number(text)
}

/** "Check this record yourself": an entry of one's own agency, proved in the browser of whoever looks. */
export const checkPages = ({
  accesses,
  verifierKey,
  cosignedWith,
}: ProofRooms): readonly Page[] => [
  {
    method: 'GET',
    path: '/console/accesses/:index/check',
    roles,
    async show(visit) {
      const { text, asker, params } = visit
      const index = indexIn(params.index)
      const occasion = occasionOf(visit) ?? 'spot-check'
      const receipt = await accesses.receipt(asker, index, { occasion })
      const cosigned = await cosignedWith(index)
      const checked: CheckedEntry = {
        receipt,
        verifierKey,
        ...(cosigned === undefined ? {} : { cosigned }),
      }
      const texts: CheckTexts = {
        commitment: text('check.step.commitment'),
        leaf: text('check.step.leaf'),
        sibling: text('check.step.sibling', { step: '{step}' }),
        root: text('check.step.root'),
        signature: text('check.step.signature'),
        cosignature: text('check.step.cosignature'),
        good: text('check.good'),
        bad: text('check.bad'),
      }
      return {
        title: text('check.title', { index }),
        script: 'checkEntry',
        body: html`<p class="nl-paragraph raakvlak-lead">${text('check.lead')}</p>
<noscript>${notice('warning', paragraph(text('check.no-script')))}</noscript>
<div data-check="${JSON.stringify(checked)}" data-texts="${JSON.stringify(texts)}">
${heading(2, text('check.verdict'))}
<p data-verdict class="raakvlak-notice raakvlak-notice--info" role="status">${text('check.waiting')}</p>
${heading(2, text('check.steps'))}
<ol class="raakvlak-steps" data-steps></ol>
</div>
${cosigned === undefined && paragraph(text('check.step.no-cosignature'))}
${heading(2, text('check.entry'))}
<pre class="raakvlak-code" tabindex="0" aria-label="${text('check.entry')}">${receipt.entry ?? text('unknown')}</pre>
${facts([[text('check.key'), html`<code>${verifierKey}</code>`]])}
${downloadForm(
  visit,
  `/console/accesses/${index}/receipt`,
  [['occasion', occasion]],
  text('check.download'),
)}
${paragraph(text('check.command'))}
<pre class="raakvlak-code" tabindex="0" aria-label="${text('check.command')}">npm run raakvlak -- verify-receipt receipt-${index}.json --key "${verifierKey}"</pre>`,
      }
    },
  },
  {
    method: 'POST',
    path: '/console/accesses/:index/receipt',
    roles,
    async show({ asker, params, form }) {
      const index = indexIn(params.index)
      const occasion = occasionOf({ query: form }) ?? 'spot-check'
      const receipt = await accesses.receipt(asker, index, { occasion })
      return {
        file: {
          name: `receipt-${index}.json`,
          type: 'application/json',
          content: [`${JSON.stringify(receipt, null, 2)}\n`],
        },
      }
    },
  },
]
