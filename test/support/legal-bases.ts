/** Bases and exemptions on which everything in a test may rest. */
export const legalBasesOfTests = { legalBases: ['avg-6-1-e'], exemptions: ['avg-9', 'avg-10'] }
