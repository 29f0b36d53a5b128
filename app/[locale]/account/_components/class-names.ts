import button from '../../../../components/button.module.css'
import callout from '../../../../components/callout.module.css'
import choiceGroup from '../../../../components/choice-group.module.css'
import field from '../../../../components/field.module.css'
import fold from '../../../../components/fold.module.css'
import statusBadge from '../../../../components/status-badge.module.css'
import myAccount from './my-account.module.css'
import myPremise from './my-premise.module.css'

/** The class names that Next gave to the style sheets of this page, by file: its own script is bundled apart and must use the same. */
export const classNames: Record<string, Record<string, string>> = {
  'button.module.css': button,
  'callout.module.css': callout,
  'choice-group.module.css': choiceGroup,
  'field.module.css': field,
  'fold.module.css': fold,
  'my-account.module.css': myAccount,
  'my-premise.module.css': myPremise,
  'status-badge.module.css': statusBadge,
}
