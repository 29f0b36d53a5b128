import { hydratePage } from './hydrate-page.tsx'
import { installPrompt } from './install-prompt.ts'
import { ReportPage } from './report-page.tsx'

installPrompt.listen()
hydratePage('report-page', ReportPage)
