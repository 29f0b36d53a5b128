import button from '../../../../components/button.module.css'
import callout from '../../../../components/callout.module.css'
import choiceGroup from '../../../../components/choice-group.module.css'
import field from '../../../../components/field.module.css'
import spoken from '../../../../components/spoken.module.css'
import statusBadge from '../../../../components/status-badge.module.css'
import hazardSection from '../../report/_components/hazard-section.module.css'
import reportCard from '../../report/_components/report-card.module.css'
import changePanel from './change-panel.module.css'
import ownReport from './own-report.module.css'
import reportsPage from './reports-page.module.css'
import stillOutQuestion from './still-out-question.module.css'

/** The class names that Next gave to the style sheets of this page, by file: its own script is bundled apart and must use the same. */
export const classNames: Record<string, Record<string, string>> = {
  'button.module.css': button,
  'callout.module.css': callout,
  'change-panel.module.css': changePanel,
  'choice-group.module.css': choiceGroup,
  'field.module.css': field,
  'hazard-section.module.css': hazardSection,
  'own-report.module.css': ownReport,
  'report-card.module.css': reportCard,
  'reports-page.module.css': reportsPage,
  'spoken.module.css': spoken,
  'status-badge.module.css': statusBadge,
  'still-out-question.module.css': stillOutQuestion,
}
