import type { Utility } from '../../../domain/utility.ts'

/** The mark on a plate in the utility's colour, as an SVG document. */
export function iconSvg({ accent, onAccent }: Utility['brand'], corners: 'round' | 'square'): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64"${corners === 'round' ? ' rx="12"' : ''} fill="${accent.light}"/><g fill="none" stroke="${onAccent.light}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"><path d="M10 49h44M25 49l2.6-22h8.8L39 49"/><path d="M17 13l5 2M17 23l5-2M47 13l-5 2M47 23l-5-2" stroke-width="3.5"/></g><circle cx="32" cy="18" r="6" fill="${onAccent.light}"/></svg>`
}
