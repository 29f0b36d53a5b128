/** `typ` of the JWS header: keeps a receipt from being taken for another kind of token. */
export const RECEIPT_TYPE = 'stormdoor-receipt+jwt'
