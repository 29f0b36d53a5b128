import { hydrateRoot } from 'react-dom/client'
import { ReportPage, type ReportPageProps } from './report-page.tsx'

const YEAR_SECONDS = 31_536_000
const root = document.getElementById('report-page')

if (root?.dataset['props']) {
  const props = JSON.parse(root.dataset['props']) as ReportPageProps
  hydrateRoot(root, <ReportPage {...props} />)
  // Whoever reads this page in a language wants it again: `/report` leads there, online and offline.
  document.cookie = `locale=${props.locale}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}
