import type { TSchema } from 'typebox'
import { AccessPage } from '../../src/wire/access.ts'
import { Receipt } from '../../src/wire/common.ts'
import { DecisionRecord } from '../../src/wire/decision-log.ts'
import {
  ActivityRegister,
  ProcessingActivities,
  ProcessingPage,
  ProcessingRecord,
  ReadProcessingBody,
} from '../../src/wire/processing-log.ts'

/** Forms that leave an operator, by the name of their file. */
const exported: Readonly<Record<string, TSchema>> = {
  'access-page': AccessPage,
  'activity-register': ActivityRegister,
  'decision-record': DecisionRecord,
  'processing-activities': ProcessingActivities,
  'processing-page': ProcessingPage,
  'processing-record': ProcessingRecord,
  'read-processing': ReadProcessingBody,
  receipt: Receipt,
}

const pageOf = (name: string, schema: TSchema): string =>
  `${JSON.stringify(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `https://gateway.example.org/schemas/${name}.json`,
      ...schema,
    },
    null,
    2,
  )}\n`

/** `docs/schemas/*.json`: JSON Schemas of what is exported, for whoever reads it. */
export const schemaPages: Readonly<Record<string, () => string>> = Object.fromEntries(
  Object.entries(exported).map(([name, schema]) => [
    `schemas/${name}.json`,
    () => pageOf(name, schema),
  ]),
)
