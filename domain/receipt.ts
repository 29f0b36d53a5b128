import { z } from 'zod'

/** Claims that are true on every node and in every region. A position is not among them: it is only a hint. */
export const receiptClaimsSchema = z.object({
  id: z.uuid(),
  reference: z.string().describe('For reading aloud; opens nothing'),
  bodyHash: z.string().describe('base64url SHA-256 over the bytes of the frozen body'),
  acceptedAt: z.iso.datetime().describe('When the first record of this id was logged'),
  region: z.string(),
  durability: z.enum(['local', 'both']),
})
export type ReceiptClaims = z.infer<typeof receiptClaimsSchema>

/** What the door answers to an accepted report: the claims readable, and the same claims signed (JWS, ES256). */
export const receiptSchema = receiptClaimsSchema.extend({
  receipt: z.string().describe('JWS compact serialisation, ES256, key at /.well-known/jwks.json'),
})
export type Receipt = z.infer<typeof receiptSchema>

export { RECEIPT_TYPE } from './receipt-type.ts'
