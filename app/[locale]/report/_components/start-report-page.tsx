import { hydratePage } from './hydrate-page.tsx'
import { ReportPage } from './report-page.tsx'

hydratePage('report-page', ReportPage)
