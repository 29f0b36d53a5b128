import type { Text } from '../../messages/text-in.ts'
import { utility } from '../../utility.config.ts'

export interface PhoneLine {
  label: string
  phone: { dial: string; shown: string }
}

/** The numbers that work when nothing else does. */
export function phoneLines(text: Text): PhoneLine[] {
  return [
    { label: text('common.emergency'), phone: utility.emergency },
    { label: text('common.gasEmergency'), phone: utility.gasEmergency },
    { label: text('common.outageLine'), phone: utility.outageLine },
  ]
}
