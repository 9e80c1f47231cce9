/** What a caller can meet with requests of subjects; part of the catalogue in `fault.ts`. */
export const subjectRightsFaults = {
  'signals/restricted': {
    status: 409,
    title: 'This signal is restricted',
    advice: 'Lift the restriction first, then correct the signal.',
  },
  'signals/not-restricted': {
    status: 409,
    title: 'There is no such measure on this signal',
    advice: 'Look at `GET /v1/restrictions`; lay the measure on the signal first.',
  },
  'subject-rights/not-found': {
    status: 404,
    title: 'There is no such request or task for you',
    advice: 'Check it. What belongs to another agency looks the same as what does not exist.',
  },
  'subject-rights/invalid': {
    status: 400,
    title: 'The request of a subject cannot be taken like this',
    advice: 'Mend every fault that is listed under "problems" and send it again.',
  },
  'subject-rights/conflict': {
    status: 409,
    title: 'Another request stands under this id',
    advice: 'Make a new id for a new request; send a retry exactly as it was sent first.',
  },
  'subject-rights/too-many': {
    status: 429,
    title: 'Your agency has filed as many requests today as it may',
    advice: 'Go on tomorrow. The other parties are told that there are so many.',
  },
  'subject-rights/not-now': {
    status: 409,
    title: 'This cannot be done with the request as it stands',
    advice: 'Read the request anew; "problems" says what keeps it.',
  },
  'subject-rights/not-done': {
    status: 409,
    title: 'What you answer was not done with the signal',
    advice: 'Correct, withdraw or restrict the signal first, then answer.',
  },
} as const
