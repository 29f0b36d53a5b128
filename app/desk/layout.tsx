import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { Callout } from '../../components/callout.tsx'
import { staffMay } from '../../domain/staff-permissions.ts'
import { deskMessages, textIn } from '../../messages/text-in.ts'
import { getOperations } from '../../server/operations/get-operations.ts'
import { webServices } from '../../server/web-services.ts'
import { utility } from '../../utility.config.ts'
import { Document } from '../_shell/document.tsx'
import { LanguageLinks } from '../_shell/language-links.tsx'
import { Mark } from '../_shell/mark.tsx'
import { requestLocale } from '../_shell/request-locale.ts'
import frame from '../_shell/frame.module.css'
import { DESK_MENU } from './_components/desk-menu.ts'
import { DeskKeysProvider, KeysButton } from './_components/desk-keys.tsx'
import { DeskTextProvider } from './_components/desk-text.tsx'
import { DownBanner } from './_components/down-banner.tsx'
import { OperationsProvider } from './_components/operations-provider.tsx'
import { SearchBox } from './_components/search-box.tsx'
import { UndeliveredLink } from './_components/undelivered-link.tsx'
import { staffOrSignIn } from './_staff/staff-or-sign-in.ts'
import { signOut } from './actions.ts'
import styles from './desk-frame.module.css'
import { countUndeliveredReports } from './undelivered/undelivered-view.ts'

export { metadata, viewport } from '../_shell/document.tsx'

export default async function DeskLayout({ children }: { children: ReactNode }) {
  const staff = await staffOrSignIn()
  const locale = await requestLocale()
  const text = textIn(locale)
  const [operations, undelivered] = await Promise.all([getOperations(webServices(), staff), countUndeliveredReports(webServices(), staff)])
  return (
    <Document locale={locale}>
      <a className={frame.skip} href="#content">
        {text('common.skipToContent')}
      </a>
      <DeskTextProvider messages={deskMessages(locale)} locale={locale} timeZone={utility.timeZone}>
        <DeskKeysProvider>
          <header className={frame.header}>
            <div className={`${frame.bar} ${styles.bar}`}>
              <a className={frame.name} href="/desk">
                <Mark />
                {text('desk.title')}
              </a>
              <Button className={styles.menuButton} popoverTarget={DESK_MENU}>
                {text('desk.menu')}
              </Button>
              <div id={DESK_MENU} popover="auto" className={styles.menu}>
                <nav className={styles.nav} aria-label={text('desk.title')}>
                  {staffMay(staff.role, 'report.take') ? (
                    <a className={styles.link} href="/desk/new-report">
                      {text('desk.newReport')}
                    </a>
                  ) : null}
                  <UndeliveredLink className={styles.link} initial={undelivered} />
                  <a className={styles.link} href="/desk/system">
                    {text('desk.system.title')}
                  </a>
                  {staffMay(staff.role, 'audit.read') ? (
                    <a className={styles.link} href="/desk/audit">
                      {text('desk.audit.title')}
                    </a>
                  ) : null}
                  {staffMay(staff.role, 'staff.manage') ? (
                    <a className={styles.link} href="/desk/staff">
                      {text('desk.staff.title')}
                    </a>
                  ) : null}
                </nav>
                <div className={styles.self}>
                  <a className={`${styles.link} ${styles.who}`} href="/desk/my-sign-in">
                    {text('desk.signedInAs', { name: staff.name, role: text(`desk.roles.${staff.role}`) })}
                  </a>
                  <KeysButton />
                  <LanguageLinks label={text('common.language')} locale={locale} locales={utility.locales} />
                  <form action={signOut}>
                    <Button look="quiet" type="submit">
                      {text('desk.signOut')}
                    </Button>
                  </form>
                </div>
              </div>
              {staffMay(staff.role, 'account.search') ? <SearchBox /> : null}
            </div>
          </header>
          <main id="content" className={`${frame.main} ${styles.main}`} tabIndex={-1}>
            <OperationsProvider initial={operations}>
              {staff.breakGlass ? <Callout kind="warn" title={text('desk.breakGlass')} /> : null}
              <DownBanner />
              {children}
            </OperationsProvider>
          </main>
        </DeskKeysProvider>
      </DeskTextProvider>
    </Document>
  )
}
