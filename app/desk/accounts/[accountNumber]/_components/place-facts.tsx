'use client'
import type { DeskAccount } from '../../../../../server/accounts/desk/look-at-account.ts'
import { useDeskText } from '../../../_components/desk-text.tsx'
import { Facts } from '../../../reports/[id]/_components/facts.tsx'

/** Where the power is delivered, by which meter, and whether others around reported. */
export function PlaceFacts({ account }: { account: DeskAccount }) {
  const { text } = useDeskText()
  const { network, nearby, medicalEquipment, language } = account
  return (
    <Facts
      title={text('desk.account.place')}
      facts={[
        [text('desk.account.nearby'), nearby ? text(`desk.account.nearbyStates.${nearby.nearby}`) : text('desk.account.notReadable')],
        [text('desk.account.medical'), medicalEquipment ? text('desk.answers.yes') : null],
        [text('desk.account.customerLanguage'), text(`desk.languages.${language}`)],
        [text('desk.meter'), network.meterNumber],
        [text('desk.account.meterSince'), network.meterSince],
        [text('desk.servicePoint'), network.servicePoint],
        [text('desk.account.movedIn'), network.movedInOn],
        [text('desk.account.movedOut'), network.movedOutOn],
        [text('desk.circuit'), network.circuit],
        [text('desk.transformer'), network.transformer],
      ]}
    />
  )
}
