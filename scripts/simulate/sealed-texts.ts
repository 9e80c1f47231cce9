import type { SealedFieldName } from '../../src/wire/codes/disclosures.ts'
import type { FollowUpSummary } from '../../src/wire/follow-up.ts'
import type { Chance } from '../demo-people/chance.ts'
import type { Party } from './agreement.ts'
import { unlessTooLate } from './officers.ts'
import type { Reckoning } from './reckoning.ts'

type Intention = 'grant' | 'grant partly' | 'refuse' | 'ask' | 'nothing'

/** A request as both sides remember it. Days count from the first of the simulation. */
type Request = {
  readonly number: string
  readonly receiver: string
  readonly owner: string
  intention: Intention
  /** Not before this day. */
  answerOn: number
  /** The receiver replies to a question, or opens what was granted, from this day on. */
  receiverOn: number | undefined
  state: 'waits' | 'asked' | 'granted' | 'over'
}

export type Disclosed = {
  requested: number
  granted: number
  partly: number
  refused: number
  opened: number
}

const necessity = 'We meet the person this week and have to know whether there is danger.'

export type SealedTexts = ReturnType<typeof openSealedTexts>

/** Requests for sealed texts: receivers ask, owners decide or let it lie, receivers open; both operators release. */
export function openSealedTexts({
  parties,
  reckoning,
  now,
}: {
  readonly parties: readonly Party[]
  readonly reckoning: Reckoning
  /** The moment, and the day of the simulation. */
  readonly now: () => { readonly at: number; readonly day: number }
}) {
  const byId = new Map(parties.map((party) => [party.id, party]))
  const requests: Request[] = []
  const counted: Disclosed = { requested: 0, granted: 0, partly: 0, refused: 0, opened: 0 }

  const intend = (chance: Chance): Intention => {
    const draw = chance.between(1, 100)
    if (draw <= 48) return 'grant'
    if (draw <= 62) return 'grant partly'
    if (draw <= 82) return 'refuse'
    return draw <= 92 ? 'ask' : 'nothing'
  }

  async function answer(party: Party, one: Request, chance: Chance): Promise<void> {
    const { disclosures } = party.partner
    const { number } = one
    const { day } = now()
    const done = await unlessTooLate(async (): Promise<Request['state']> => {
      const { sealed = [], signal, fields: asked } = await disclosures.show(number)
      if (one.intention === 'ask') {
        await disclosures.answer(number, {
          answer: 'ask',
          text: 'For what do you need to know this?',
        })
        one.receiverOn = day + chance.between(1, 3)
        return 'asked'
      }
      const fields = sealed.map(({ field }) => field).filter((field) => asked.includes(field))
      if (one.intention === 'refuse' || fields.length === 0 || signal.id === undefined) {
        const reason = fields.length === 0 ? 'nothing-sealed' : 'call-instead'
        await disclosures.answer(number, { answer: 'refuse', reason })
        counted.refused += 1
        return 'over'
      }
      const partly = one.intention === 'grant partly' && fields.length > 1
      const chosen: SealedFieldName[] = partly ? fields.slice(0, 1) : fields
      await disclosures.grant(number, party.under, { signalId: signal.id, fields: chosen })
      counted[partly ? 'partly' : 'granted'] += 1
      one.receiverOn = chance.happens(0.9) ? day + chance.between(0, 4) : undefined
      return 'granted'
    })
    one.state = done ?? 'over'
    reckoning.answered(number)
  }

  /** A receiver answers what it was asked, or opens what it was granted. */
  async function goOn(party: Party, one: Request, chance: Chance): Promise<void> {
    const { disclosures } = party.partner
    const { number } = one
    const { at, day } = now()
    if (one.state === 'granted') {
      // What was corrected since, or is gone, does not open any more: that is refused.
      const texts = await unlessTooLate(
        () => disclosures.open(number, party.under),
        'policy/denied',
      )
      if (texts !== undefined) counted.opened += 1
      one.state = 'over'
      return
    }
    const text = 'We have an appointment with her and want to prepare it well.'
    const replied = await unlessTooLate(() => disclosures.reply(number, { reply: 'answer', text }))
    if (replied === undefined) {
      one.state = 'over'
      return
    }
    reckoning.asked(number, at)
    one.intention = chance.happens(0.8) ? 'grant' : 'refuse'
    one.answerOn = day + chance.between(0, 3)
    one.receiverOn = undefined
    one.state = 'waits'
  }

  return {
    counted: counted as Readonly<Disclosed>,

    async ask(party: Party, one: FollowUpSummary, chance: Chance): Promise<void> {
      const others = one.agencies.filter(({ agency, left }) => !left && agency !== party.id)
      const overlap = one.signals.find((signal) => signal.overlap !== undefined)?.overlap
      if (overlap === undefined || others.length === 0) return
      const owner = chance.pick(others).agency
      const fields: SealedFieldName[] = chance.happens(0.7)
        ? ['narrative', 'measures']
        : ['narrative']
      const { disclosures } = party.partner
      const wanted = { owner, fields, article: party.article, necessity }
      const view = await unlessTooLate(() =>
        disclosures.request({ handle: overlap }, wanted, party.under),
      )
      if (view === undefined) return
      const { at, day } = now()
      const inTime = chance.happens(byId.get(owner)?.habits.answersInTime ?? 1)
      requests.push({
        number: view.number,
        receiver: party.id,
        owner,
        intention: intend(chance),
        answerOn: day + (inTime ? chance.between(0, 1) : chance.between(3, 12)),
        receiverOn: undefined,
        state: 'waits',
      })
      counted.requested += 1
      reckoning.asked(view.number, at)
    },

    /** Somebody looks at what is asked of the agency, and at what it asked for itself. */
    async look(party: Party, chance: Chance): Promise<void> {
      const { day } = now()
      for (const one of requests.filter(
        ({ owner, state }) => owner === party.id && state === 'waits',
      )) {
        if (one.intention !== 'nothing' && one.answerOn <= day) await answer(party, one, chance)
      }
      for (const one of requests.filter(({ receiver }) => receiver === party.id)) {
        const isDue = one.receiverOn !== undefined && one.receiverOn <= day
        if (isDue && (one.state === 'granted' || one.state === 'asked'))
          await goOn(party, one, chance)
      }
    },
  }
}
