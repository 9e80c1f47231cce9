import { openDrawing } from './justifications/drawing.ts'
import { openDraws } from './justifications/draws.ts'
import { openJustifications } from './justifications/justifications.ts'
import { mostPassed, openTerms } from './justifications/terms.ts'

/** The weekly draw of looks, its terms, and what people do about them. */
export function openGatewayJustifications(
  surroundings: Parameters<typeof openDrawing>[0] &
    Parameters<typeof openDraws>[0] &
    Parameters<typeof openJustifications>[0],
) {
  const drawing = openDrawing(surroundings)
  const terms = openTerms(surroundings)
  return {
    begin: drawing.begin,
    samples: openJustifications(surroundings),
    draws: openDraws(surroundings),
    /** For the room of retention. */
    dueWork: {
      run: 'samples' as const,
      waiting: async (): Promise<number> =>
        ((await drawing.isDue()) ? 1 : 0) + (await terms.waiting()),
      async work(): Promise<number> {
        await drawing.draw()
        return terms.tellPassed()
      },
      most: mostPassed,
    },
  }
}
