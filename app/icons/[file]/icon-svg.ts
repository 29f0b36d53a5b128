import type { Utility } from '../../../domain/utility.ts'

/**
 * What becomes of the plate: `round` is cut by us, `square` by the phone, and a `maskable` one into any shape, so
 * that nothing of the mark stands outside the circle that every mask leaves (four fifths of the side across).
 */
export type IconShape = 'round' | 'square' | 'maskable'

/** The mark on a plate in the utility's colour, as an SVG document. */
export function iconSvg({ accent, onAccent }: Utility['brand'], shape: IconShape): string {
  const place = shape === 'maskable' ? ' transform="translate(32 33) scale(.82) translate(-32 -32)"' : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64"${shape === 'round' ? ' rx="12"' : ''} fill="${accent.light}"/><g${place}><g fill="none" stroke="${onAccent.light}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"><path d="M10 49h44M25 49l2.6-22h8.8L39 49"/><path d="M17 13l5 2M17 23l5-2M47 13l-5 2M47 23l-5-2" stroke-width="3.5"/></g><circle cx="32" cy="18" r="6" fill="${onAccent.light}"/></g></svg>`
}
