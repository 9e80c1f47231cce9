import type { Tell } from '../notification/types.ts'
import type { Crypter } from '../store/crypter.ts'
import type { Tx } from '../store/transact.ts'
import type { NoticeKind } from '../wire/codes/notices.ts'
import type { GrantUsed } from './releases.ts'
import * as store from './store.ts'
import type { Disclosure } from './types.ts'

export type Telling = ReturnType<typeof openTelling>

type Sides = Pick<Disclosure, 'number' | 'owner' | 'receiver' | 'agreement'>
type Kind = Extract<NoticeKind, `disclosure-${string}`>

const kindOfUse = {
  revoked: { kind: 'disclosure-revoked', side: 'receiver' },
  opened: { kind: 'disclosure-opened', side: 'owner' },
} as const satisfies Record<string, { readonly kind: Kind; readonly side: 'owner' | 'receiver' }>

/** Each step of a disclosure is told to the other side, in the transaction of the step. */
export function openTelling({ tell, crypter }: { readonly tell: Tell; readonly crypter: Crypter }) {
  const tellSide = (
    tx: Tx,
    side: 'owner' | 'receiver',
    kind: Kind,
    { number, agreement, ...sides }: Sides,
  ): Promise<void> =>
    tell(tx, [{ agency: sides[side], kind, agreement, about: { type: 'disclosure', id: number } }])

  /** A grant that never came here belongs to no disclosure of which anybody was told. */
  const tellOfGrant: GrantUsed = async (tx, { owner, grant, what }) => {
    const one = await store.disclosureOfGrant(tx, crypter, owner, grant)
    const { kind, side } = kindOfUse[what]
    if (one !== undefined) await tellSide(tx, side, kind, one)
  }

  return { tellSide, tellOfGrant }
}
