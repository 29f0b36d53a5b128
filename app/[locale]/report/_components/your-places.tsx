'use client'
import { useState } from 'react'
import { ChoiceGroup } from '../../../../components/choice-group.tsx'
import { ANOTHER_PLACE } from './form-fields.ts'
import { useReportText } from './report-text.tsx'
import type { Place } from './same-place.ts'
import type { Premise } from './who-is-here.ts'

/** The places of whoever is signed in, in one tap instead of typing; the only one is chosen from the start. */
export function YourPlaces({ premises, place }: { premises: readonly Premise[]; place: Place }) {
  const { text } = useReportText()
  const [chosen] = useState(() => chosenAtFirst(premises, place))
  const places = premises.map(({ accountNumber, line1, line2, city }) => ({ value: accountNumber, label: [line1, line2].filter(Boolean).join(', '), hint: city }))
  return (
    <ChoiceGroup
      kind="one"
      id="report-premise"
      name="premise"
      legend={text('yourPlaces')}
      choices={[...places, { value: ANOTHER_PLACE, label: text('anotherPlace') }]}
      chosen={chosen === null ? [] : [chosen]}
    />
  )
}

/** The one that the address asks for, as the account page does; else what stands in the form already is not taken back by a choice that nobody made. */
function chosenAtFirst(premises: readonly Premise[], place: Place): string | null {
  const asked = new URLSearchParams(location.hash.slice(1)).get('account') ?? place.accountNumber
  const own = premises.find(({ accountNumber }) => accountNumber === asked)
  if (own) return own.accountNumber
  if (Object.keys(place).length > 0) return ANOTHER_PLACE
  return premises.length === 1 ? premises[0]!.accountNumber : null
}
