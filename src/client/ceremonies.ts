import { Compile } from 'typebox/compile'
import { canonicalText } from '../kernel/canonical.ts'
import { type OperatorName, operatorNames, type PerOperator } from '../oprf/types.ts'
import { payloadReader } from '../proofs/payload.ts'
import { verifyReceipt } from '../proofs/receipt.ts'
import {
  claimedSigner,
  type PrivateJwk,
  readStatement,
  signStatement,
} from '../proofs/statement.ts'
import { type CeremonyAct, CeremonyAnswer, CeremonyPayload } from '../wire/ceremony.ts'
import type { Receipt } from '../wire/common.ts'
import { OperatorKeysPayload } from '../wire/registry.ts'
import { UntrustworthyOperator } from './errors.ts'
import { type PinnedOperators, readOperator, sayTo } from './operators.ts'

/** What a ceremony leaves at one operator: what its ledger is verified by, and what stands there. */
export type CeremonyProof = {
  /** The operator's `operator-keys`, signed under its root key. */
  readonly keys: string
  readonly receipts: readonly Receipt[]
}

const answerForm = Compile(CeremonyAnswer)
const readPayload = payloadReader(CeremonyPayload)
const readKeys = payloadReader(OperatorKeysPayload)

/** What each act leaves on a ledger beside the ceremony itself. */
const effectOf: Readonly<Record<CeremonyAct, string>> = {
  make: 'share.make',
  open: 'epoch.open',
  refresh: 'share.refresh',
  close: 'epoch.close',
  destroy: 'share.destroy',
}

/** One administrator's word for a ceremony. */
export const signCeremony = (ceremony: CeremonyPayload, key: PrivateJwk): Promise<string> =>
  signStatement('key-ceremony', ceremony, key)

/** Who signed this ceremony so far: thumbprints. @throws StatementError when one signed something else */
export async function signersOf(
  ceremony: CeremonyPayload,
  statements: readonly string[],
): Promise<string[]> {
  return Promise.all(
    statements.map(async (statement) => {
      const signer = claimedSigner(statement)
      const said = readPayload(await readStatement('key-ceremony', statement, signer))
      if (canonicalText(said) !== canonicalText(ceremony)) {
        throw new Error('a signature in this file is for another ceremony')
      }
      return signer
    }),
  )
}

async function bring(
  pins: PinnedOperators,
  operator: OperatorName,
  statements: readonly string[],
): Promise<CeremonyAnswer> {
  const answer = await sayTo(pins[operator], '/v1/key-ceremonies', { statements })
  if (answerForm.Check(answer)) return answer
  throw new UntrustworthyOperator(operator, 'it answered a ceremony in another form')
}

/**
 * Has a ceremony held by both operators, the keyholder first. Doing it again goes on where it stopped.
 * @throws GatewayProblem when one refuses; what the other did stands
 */
export async function holdCeremony(
  pins: PinnedOperators,
  statements: readonly string[],
): Promise<PerOperator<CeremonyProof>> {
  const prepared = await bring(pins, 'keyholder', statements)
  const gateway = await bring(pins, 'gateway', statements)
  // A refresh is done at the keyholder when the gateway has done it.
  const keyholder =
    prepared.state === 'held' ? prepared : await bring(pins, 'keyholder', statements)
  const proofAt = async (name: OperatorName, { receipts }: CeremonyAnswer) => ({
    keys: (await readOperator(pins[name].url)).keys,
    receipts,
  })
  return {
    gateway: await proofAt('gateway', gateway),
    keyholder: await proofAt('keyholder', keyholder),
  }
}

/**
 * Makes sure, offline, that both ledgers have the ceremony and what it did, permitted, under the root keys that
 * were pinned. Does not ask whether the ledgers still stand by those checkpoints: `ledger monitor` does.
 * @returns the instants at which it was done
 * @throws UntrustworthyOperator naming the operator whose ledger does not show it
 */
export async function checkCeremony(
  pins: PinnedOperators,
  ceremony: CeremonyPayload,
  proofs: PerOperator<CeremonyProof>,
): Promise<PerOperator<string>> {
  const times = { gateway: '', keyholder: '' }
  for (const name of operatorNames) {
    const { keys, receipts } = proofs[name]
    const { operator, ledgerKey } = readKeys(
      await readStatement('operator-keys', keys, pins[name].rootThumbprint),
    )
    if (operator !== name) throw new UntrustworthyOperator(name, 'these are the other one’s keys')
    const verdicts = await Promise.all(receipts.map((one) => verifyReceipt(one, ledgerKey)))
    for (const kind of ['key.ceremony', effectOf[ceremony.act]]) {
      const found = verdicts
        .map((verdict) => (verdict.valid ? verdict.entry : undefined))
        .find(
          (entry) =>
            entry?.kind === kind &&
            entry.outcome === 'permit' &&
            entry.ceremony === ceremony.number &&
            entry.domain === ceremony.domain &&
            entry.epoch === ceremony.epoch,
        )
      if (found === undefined) {
        throw new UntrustworthyOperator(name, `its ledger does not show ${kind} of this ceremony`)
      }
      times[name] = found.at
    }
  }
  return times
}
