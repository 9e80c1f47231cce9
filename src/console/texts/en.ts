/** What the console says in English. `nl.ts` says the same in Dutch. */
export const en = {
  brand: 'Raakvlak',
  'brand.tagline': 'Cases that touch, without showing each other who they are about',
  skip: 'Skip to the content',
  menu: 'Menu',
  'menu.start': 'Start',
  language: 'Language',
  'language.nl': 'Nederlands',
  'language.en': 'English',
  'sign-in': 'Sign in',
  'sign-out': 'Sign out',
  'signed-in-as': '{name}, {agency}',
  'footer.help': 'Help',
  'footer.accessibility': 'Accessibility',
  'footer.public': 'About Raakvlak',
  'footer.sessions': 'My sessions',
  'print.by': 'Printed from Raakvlak by {officer} ({agency}), looked up at {at}',
  'print.purpose': 'For the purpose of: {purpose}',
  'title.error': 'Error: {title}',
  yes: 'Yes',
  no: 'No',
  save: 'Save',
  cancel: 'Cancel',
  back: 'Back',
  'next-page': 'Next page',
  'first-page': 'First page',
  none: 'None',
  unknown: 'Not known',
  'region.scroll': 'Table: {name}. Scroll sideways to see everything.',
  'role.reporter': 'Reporter',
  'role.analyst': 'Analyst',
  'role.coordinator': 'Coordinator',
  'role.privacy-officer': 'Privacy officer',
  'role.administrator': 'Administrator',

  'error.summary': 'Something has to be mended',
  'error.400.title': 'This cannot be taken as it is',
  'error.400.text': 'Mend what is listed below and send it again.',
  'error.401.title': 'You are not signed in',
  'error.401.text':
    'You were not signed in, or your session ended: after 15 minutes without a click, and always after 8 hours. Nothing was done.',
  'error.403.title': 'You may not do this',
  'error.403.text':
    'Your role, the agreement or the policy does not allow it. That you tried stands on the ledger.',
  'error.404.title': 'There is nothing here for you',
  'error.404.text':
    'Check the address. What belongs to another agency looks the same as what does not exist.',
  'error.405.title': 'This cannot be done here',
  'error.405.text': 'Go back and use the buttons of the page.',
  'error.409.title': 'Somebody was there before you',
  'error.409.text':
    'What you saw has changed since. Look at it again and decide anew. Nothing was done.',
  'error.413.title': 'That was too long',
  'error.413.text': 'Send a shorter text.',
  'error.429.title': 'Too many requests',
  'error.429.text': 'Wait a minute and try again.',
  'error.500.title': 'Something went wrong on our side',
  'error.500.text':
    'Nothing was lost. Try again; if it stays, call the desk of the gateway and name this number: {request}',
  'error.503.title': 'The gateway is not available for a moment',
  'error.503.text':
    'Try again in a minute. What you typed is still in your browser if you go back.',
  'error.csrf':
    'The form was not sent from this console, or your session changed since it was opened. Open the page again.',
  'error.reasons': 'Why',
  'error.number': 'Number of this request: {request}',

  'sign-in.title': 'Sign in',
  'sign-in.text':
    'You sign in at your own organisation’s sign-in service, with a second factor. The gateway keeps no password.',
  'sign-in.button': 'Go on to sign in',
  'sign-in.failed.title': 'You were not signed in',
  'sign-in.failed.text':
    'The sign-in was not finished, took longer than ten minutes, or was used before. Start again.',
  'sign-in.refused.title': 'You have no access here',
  'sign-in.refused.text':
    'Your sign-in service says who you are, but not in which role and for which agency you work here, or without a second factor. Ask your administrator.',
  'sign-in.again': 'Start again',
  'sign-out.done.title': 'You are signed out',
  'sign-out.done.text': 'Close the browser if others use this machine.',
  'prove.title': 'Confirm that it is you',
  'prove.text':
    'What you are about to do needs a second factor of the last five minutes. Sign in once more; you come back to the page where you were.',
  'prove.button': 'Confirm with my second factor',
  'prove.expired':
    'Your confirmation is older than five minutes. Confirm in a new tab, come back here and send once more; what you typed is still here.',
  'prove.expired.link': 'Confirm in a new tab',
  'prove.done.title': 'It is confirmed',
  'prove.done.text': 'For five minutes you may do what needs it. You can close this tab.',
  'prove.other.title': 'Somebody else confirmed',
  'prove.other.text':
    'The one who confirmed is not the one who was signed in. Both are signed out.',

  'account.title': 'Sign in (development)',
  'account.text':
    'This sign-in service belongs to development and demonstrations. In production your organisation’s own is used.',
  'account.name': 'Account',
  'account.password': 'Password',
  'account.code': 'Code of your authenticator (6 digits)',
  'account.wrong':
    'Account, password and code do not fit together. A code works once; wait for the next one.',
  'account.locked': 'Too many tries. Wait 15 minutes.',

  'start.title': 'Welcome, {name}',
  'start.role': 'You work here as: {roles}.',
  'start.waits': 'What waits for you',
  'start.nothing': 'Nothing waits for you.',
  'start.open': 'Overlaps in your queue: {count}',
  'start.late': 'of which a term has passed: {count}',
  'start.incoming': 'Disclosure requests that wait for your agency’s answer: {count}',
  'start.asked': 'Owners that asked you something back: {count}',
  'start.flags': 'Non-punishment reviews: {count}',
  'start.reporter':
    'Signals are entered on your own organisation’s connector: no identity goes through this site.',
  'start.reporter.link': 'To the page for signals',
  'start.reporter.none': 'Your administrator knows the address of your connector.',
  'start.privacy-officer': 'You look back at what your agency’s clients and officers did.',
  'start.administrator': 'You keep agreements, clients and keys of your agency.',

  'public.title': 'Raakvlak',
  'public.lead':
    'Police, municipalities, youth care and aid organisations find out that their cases touch, without showing each other who the cases are about.',
  'public.what': 'What this is',
  'public.what.1':
    'An organisation that fears that somebody is exploited can send a signal. Who it is about is turned into a code on its own computer. Nobody can turn the code back alone: it takes two independent operators to make one, and neither ever sees a name.',
  'public.what.2':
    'When signals of two organisations touch, both are told that they do, and whom to call. What a signal says opens only when the organisation that wrote it decides so.',
  'public.what.3':
    'People decide, never this system. Every look is written down in a ledger that cannot be changed unnoticed.',
  'public.parties': 'Who takes part',
  'public.parties.none': 'No agreement is in force at this moment.',
  'public.parties.table': 'Agreements in force',
  'public.agreement': 'Agreement',
  'public.purpose': 'Purpose',
  'public.agencies': 'Organisations',
  'public.until': 'Until',
  'public.dpia': 'Assessment (DPIA)',
  'public.rights': 'Your rights',
  'public.rights.1':
    'You have the right to know what is kept about you, to have it corrected or erased, and to object. Ask the organisation that you had to do with: only it can tell whether it sent a signal about you. The gateway cannot look you up by name.',
  'public.rights.2':
    'If you do not agree with the answer you can complain to the data protection authority (Autoriteit Persoonsgegevens).',
  'public.ledger': 'The ledger',
  'public.ledger.1':
    'Every act stands on a public ledger, as a commitment that shows nothing about anybody. This is its latest checkpoint. Keep it: later ones have to contain it.',
  'public.ledger.checkpoint': 'Latest checkpoint',
  'public.ledger.size': 'Entries: {size}',
  'public.ledger.follow': 'Follow it yourself with',
  'public.ledger.key': 'Verifier key',
  'public.ledger.none': 'There is no checkpoint yet.',

  'sessions.title': 'My sessions',
  'sessions.text':
    'Where you are signed in. End those that you do not know, and tell your administrator.',
  'sessions.begun': 'Signed in',
  'sessions.seen': 'Last click',
  'sessions.ends': 'Ends at the latest',
  'sessions.this': 'this one',
  'sessions.end-all': 'End all my sessions',

  'help.title': 'Help',
  'accessibility.title': 'Accessibility',
  'accessibility.1':
    'These pages are made to meet WCAG 2.2, level AA (EN 301 549). Automatic checks run over every page at two widths and in both languages before a change is taken in; people look at the pages as well.',
  'accessibility.2':
    'Everything works with the keyboard alone and without scripts. Single-letter keys work in the queue only, and can be switched off there.',
  'accessibility.3':
    'Known limits: faults that the rules of an agreement give are in English; no test with users of a screen reader was done yet.',
  'accessibility.4':
    'If something does not work for you, tell the contact desk of your own organisation, which passes it on to the gateway. You get an answer within five working days.',
} as const
