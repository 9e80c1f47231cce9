/** Faults that any request can meet. The rule of `fault.ts` holds here too. */
export const doorFaults = {
  'door/invalid-input': {
    status: 400,
    title: 'The request is not in the agreed form',
    advice: 'Mend every fault that is listed under "problems" and send the request again.',
  },
  'door/unauthenticated': {
    status: 401,
    title: 'The caller is not known',
    advice: 'Ask for an access token at the token endpoint and send it with a fresh DPoP proof.',
  },
  'door/forbidden': {
    status: 403,
    title: 'This kind of caller may not do this',
    advice: 'Use a client that has the scope named in the documentation of this operation.',
  },
  'door/not-found': {
    status: 404,
    title: 'There is nothing here for you',
    advice:
      'Check the address. What belongs to another agency looks the same as what does not exist.',
  },
  'door/method-not-allowed': {
    status: 405,
    title: 'This method is not possible here',
    advice: 'Use one of the methods in the Allow header.',
  },
  'door/not-acceptable': {
    status: 406,
    title: 'The answer is not available in the form you ask for',
    advice: 'Accept application/json.',
  },
  'door/request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    advice: 'Send the whole request at once, over a better connection.',
  },
  'door/payload-too-large': {
    status: 413,
    title: 'The request is too large',
    advice: 'Send fewer items per request.',
  },
  'door/unsupported-media-type': {
    status: 415,
    title: 'The request is of a kind that is not understood',
    advice: 'Send application/json.',
  },
  'door/too-many-requests': {
    status: 429,
    title: 'Too many requests',
    advice: 'Wait as long as the Retry-After header says.',
  },
  'door/headers-too-large': {
    status: 431,
    title: 'The headers of the request are too large',
    advice: 'Send at most 16 KiB of headers.',
  },
  'door/idempotency-conflict': {
    status: 409,
    title: 'This idempotency key was used for another request',
    advice: 'Use a new key for a new request; send a retry exactly as it was sent first.',
  },
  'door/internal': {
    status: 500,
    title: 'Something went wrong on our side',
    advice: 'Try again later. When you report it, name the request id in "instance".',
  },
  'door/unavailable': {
    status: 503,
    title: 'This cannot be done right now',
    advice: 'Try again after the time in the Retry-After header. Nothing was done.',
  },
} as const
