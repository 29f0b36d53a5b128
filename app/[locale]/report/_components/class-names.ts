import button from '../../../../components/button.module.css'
import callout from '../../../../components/callout.module.css'
import choiceGroup from '../../../../components/choice-group.module.css'
import field from '../../../../components/field.module.css'
import spoken from '../../../../components/spoken.module.css'
import stillOutQuestion from '../../reports/_components/still-out-question.module.css'
import hazardSection from './hazard-section.module.css'
import outageStatus from './outage-status.module.css'
import reportCard from './report-card.module.css'
import reportForm from './report-form.module.css'
import reportPage from './report-page.module.css'

/** The class names that Next gave to the style sheets of this page, by file: its own script is bundled apart and must use the same. */
export const classNames: Record<string, Record<string, string>> = {
  'button.module.css': button,
  'callout.module.css': callout,
  'choice-group.module.css': choiceGroup,
  'field.module.css': field,
  'hazard-section.module.css': hazardSection,
  'outage-status.module.css': outageStatus,
  'report-card.module.css': reportCard,
  'report-form.module.css': reportForm,
  'report-page.module.css': reportPage,
  'spoken.module.css': spoken,
  'still-out-question.module.css': stillOutQuestion,
}
