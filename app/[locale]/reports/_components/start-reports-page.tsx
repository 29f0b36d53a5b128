import { hydratePage } from '../../report/_components/hydrate-page.tsx'
import { ReportsPage } from './reports-page.tsx'

hydratePage('reports-page', ReportsPage)
