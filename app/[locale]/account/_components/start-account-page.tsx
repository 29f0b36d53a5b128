import { hydratePage } from '../../report/_components/hydrate-page.tsx'
import { AccountPage } from './account-page.tsx'

hydratePage('account-page', AccountPage)
