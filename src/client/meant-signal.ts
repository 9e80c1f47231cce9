import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DisclosureView } from '../wire/disclosure.ts'
import { HomeError } from './agency-home.ts'
import { answersIn } from './journal.ts'

/** The gateway names another case than the one under which the agency submitted the signal. */
export class OtherCase extends HomeError {
  constructor(signalId: string) {
    super(
      `the gateway says that signal ${signalId} is another case than it is; grant nothing, and report this`,
    )
    this.name = 'OtherCase'
  }
}

/**
 * The case of an own signal that a request is about, as the agency's own journals say; undefined when it was
 * not submitted from this folder. The gateway's word on that does not count, for it could show the case of
 * one and have another granted.
 * @throws OtherCase when the gateway says otherwise
 */
export async function ownCaseOf(
  folder: string,
  { signal }: Pick<DisclosureView, 'signal'>,
): Promise<string | undefined> {
  const journals = (await readdir(join(folder, 'submissions')).catch(() => [])).filter((file) =>
    file.endsWith('.jsonl'),
  )
  for (const file of journals) {
    const answers = await answersIn(join(folder, 'submissions', file))
    const own = answers.find(({ id }) => id === signal.id)
    if (own === undefined) continue
    if (own.caseReference === signal.caseReference) return own.caseReference
    throw new OtherCase(signal.id)
  }
  return undefined
}
