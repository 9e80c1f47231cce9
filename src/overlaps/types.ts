import type { SignalId } from '../kernel/ids.ts'
import type { Link } from '../linkage/types.ts'

/** Evidence between signals of two agencies under one agreement, and since when. */
export type FoundLink = Link<SignalId> & { readonly foundAt: Date }
