import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { LOCALES, type Locale } from '../domain/report-choices.ts'
import type { OutboxStore } from './outbox/outbox-store.ts'
import { precacheEntries } from './service-worker-scope.ts'

/** Addresses as they are printed and said: they lead to the page in the customer's language. */
const WITHOUT_LANGUAGE = new Set(['/report', '/reports', '/account'])

/**
 * The pages that are kept come from the phone, at once and without a network; everything else goes
 * to the network, and a page that cannot be had is answered by the offline page. Only GETs are looked at:
 * a POST is never intercepted.
 */
export function startCaching(store: OutboxStore): void {
  cleanupOutdatedCaches()
  precacheAndRoute(precacheEntries, { ignoreURLParametersMatching: [/^dpl$/, /^utm_/], cleanURLs: false, directoryIndex: '' })
  registerRoute(
    ({ request, url }) => request.mode === 'navigate' && WITHOUT_LANGUAGE.has(url.pathname),
    async ({ url }) => Response.redirect(`/${await languageOf(url, store)}${url.pathname}${url.hash}`, 302),
  )
  registerRoute(
    new NavigationRoute(async ({ request, url }) => {
      try {
        return await fetch(request)
      } catch {
        return (await matchPrecache(`/${await languageOf(url, store)}/offline`)) ?? Response.error()
      }
    }),
  )
}

/** The language that the address names, else the one used last on this phone, else the browser's, else English. */
async function languageOf(url: URL, store: OutboxStore): Promise<Locale> {
  const kept = await store.readNote('locale').catch(() => undefined)
  const wishes = [url.searchParams.get('lang'), url.pathname.split('/')[1], kept, ...navigator.languages.map((language) => language.slice(0, 2))]
  return wishes.map((wish) => LOCALES.find((locale) => locale === wish)).find((locale) => locale !== undefined) ?? 'en'
}
