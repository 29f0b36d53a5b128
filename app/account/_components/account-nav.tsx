import { Button } from '../../../components/button.tsx'
import type { Locale } from '../../../domain/report-choices.ts'
import { textIn } from '../../../messages/text-in.ts'
import { signOut } from '../security/actions.ts'
import styles from './account-nav.module.css'

const PAGES = { '/account/security': 'identity.nav.security', '/account/household': 'identity.nav.household', '/account/add': 'identity.nav.add' } as const
type SignedInPage = keyof typeof PAGES

/** The pages of whoever is signed in, and the way out. */
export function AccountNav({ here, locale }: { here: SignedInPage; locale: Locale }) {
  const text = textIn(locale)
  return (
    <nav className={styles.nav} aria-label={text('identity.nav.label')}>
      <ul role="list" className={styles.pages}>
        <li>
          <a href={`/${locale}/account`}>{text('identity.nav.account')}</a>
        </li>
        {Object.entries(PAGES).map(([path, name]) => (
          <li key={path}>
            <a href={path} aria-current={path === here ? 'page' : undefined}>
              {text(name)}
            </a>
          </li>
        ))}
      </ul>
      <form action={signOut}>
        <Button look="quiet" type="submit">
          {text('identity.nav.signOut')}
        </Button>
      </form>
    </nav>
  )
}
