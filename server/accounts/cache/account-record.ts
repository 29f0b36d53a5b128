import { accountNumberKey, type Account } from '../../../domain/account.ts'
import { streetAndUnit } from '../../../domain/address-key.ts'
import { FACT_BYTES, writeFacts } from './account-facts.ts'
import { unpackAccountKey } from './account-key-bytes.ts'

/** What a version of the cache says of an account: itself, or that the core system no longer has it. */
export type AccountEntry = { version: string; asOf: string } & ({ account: Account } | { accountNumber: string; closed: true })

/** An entry as it is read back: of a closed account only that it is. */
export interface CachedAccount {
  version: string
  asOf: string
  account: Account | null
}

/**
 * The head is the same in every encoding, for scripts read it: encoding (1 byte), how many facts (1), the facts (6 each),
 * length of the version (1), the version. No facts: a closed account. The body is this encoding's own:
 * asOf, flags, coordinates' shape, then the texts in their order, each after its length; dates last, where any is told:
 * who does not know them reads past.
 */
const ENCODING = 1
const MOST_RECORD_BYTES = 16_384

const HAS_OWN_NUMBER = 1
const HAS_EMAIL = 2
const HAS_LINE2 = 4
const HAS_STATE = 8
const MEDICAL_EQUIPMENT = 16
const HAS_DATES = 32

/** A coordinate is absent, a whole number of millionths of a degree (4 bytes), or any other number (8 bytes). */
const ABSENT = 0
const MILLIONTHS = 1
const DOUBLE = 2

const [PLUS, DIGIT_ZERO] = [0x2b, 0x30]

/** Lua: how many facts a record has, and its version. */
export const LUA_HEAD_OF = `local function headOf(record)
  local facts = string.byte(record, 2)
  local at = 3 + ${FACT_BYTES} * facts
  return facts, string.sub(record, at + 1, at + string.byte(record, at))
end
local function factOf(record, index) return string.sub(record, 3 + ${FACT_BYTES} * (index - 1), 2 + ${FACT_BYTES} * index) end`

const scratch = Buffer.allocUnsafe(MOST_RECORD_BYTES)
let end = 0
const NO_LINE = { street: '', unit: '' }

/**
 * An entry as bytes; `decodeRecord` gives it back.
 * @throws RangeError for one that no schema of ours lets through: over 16 KiB, or a version over 255 bytes
 */
export function encodeRecord(entry: AccountEntry): Buffer {
  const account = 'closed' in entry ? null : entry.account
  const line = account ? streetAndUnit(account.personal.address) : NO_LINE
  return Buffer.from(encodeStored({ version: entry.version, asOfMs: Date.parse(entry.asOf), account, line }))
}

/** An entry as Postgres keeps it: `line` is the address as streetAndUnit gives it, `account` null for a closed one. */
export interface StoredEntry {
  version: string
  asOfMs: number
  account: Account | null
  line: { street: string; unit: string }
}

/** The same bytes, valid until the next entry is encoded. @throws RangeError as encodeRecord */
export function encodeStored({ version, asOfMs, account, line }: StoredEntry): Buffer {
  const facts = account ? writeFacts(account, line, scratch, 2) : 0
  writeHead(facts, version)
  writeCount(asOfMs)
  if (account) writeAccount(account)
  if (end > MOST_RECORD_BYTES) throw new RangeError('An account of over 16 KiB')
  return scratch.subarray(0, end)
}

function writeHead(facts: number, version: string): void {
  scratch[0] = ENCODING
  scratch[1] = facts
  end = 2 + facts * FACT_BYTES
  if (version.length < 128 && writeAscii(version)) return
  const length = scratch.write(version, end + 1)
  if (length > 255) throw new RangeError('A version of over 255 bytes')
  scratch[end] = length
  end += 1 + length
}

function writeAccount({ accountNumber, servicePoint, meterNumber, circuit, transformer, language, personal, movedInOn, movedOutOn, meterSince }: Account): void {
  const { name, phones, email, address, latitude, longitude, medicalEquipment } = personal
  const ownNumber = accountNumberKey(accountNumber) !== accountNumber
  const hasDates = movedInOn !== undefined || movedOutOn !== undefined || meterSince !== undefined
  scratch[end++] =
    (ownNumber ? HAS_OWN_NUMBER : 0) | (email === undefined ? 0 : HAS_EMAIL) | (address.line2 === undefined ? 0 : HAS_LINE2) |
    (address.state === undefined ? 0 : HAS_STATE) | (medicalEquipment ? MEDICAL_EQUIPMENT : 0) | (hasDates ? HAS_DATES : 0)
  const shapes = [shapeOf(latitude), shapeOf(longitude)] as const
  scratch[end++] = shapes[0] | (shapes[1] << 2)
  writeCoordinate(latitude, shapes[0])
  writeCoordinate(longitude, shapes[1])
  writeCount(phones.length)
  for (const phone of phones) writePhone(phone)
  if (ownNumber) writeText(accountNumber)
  for (const text of [servicePoint, meterNumber, circuit, transformer, language, name, address.line1, address.city, address.postalCode]) writeText(text)
  for (const text of [email, address.line2, address.state]) if (text !== undefined) writeText(text)
  if (hasDates) for (const date of [movedInOn, movedOutOn, meterSince]) writeText(date ?? '')
}

function writeText(text: string): void {
  if (text.length < 128 && writeAscii(text)) return
  const length = Buffer.byteLength(text)
  if (end + length > MOST_RECORD_BYTES - 64) throw new RangeError('An account of over 16 KiB')
  writeCount(length)
  end += scratch.write(text, end)
}

/** Nearly every text is short and plain: the detour through the encoder costs more than the text. False when it is not plain. */
function writeAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127) return false
    scratch[end + 1 + index] = code
  }
  scratch[end] = text.length
  end += 1 + text.length
  return true
}

/** Base 128, the lowest first; up to 2^53. */
function writeCount(count: number): void {
  let rest = count
  for (; rest >= 128; rest = Math.floor(rest / 128)) scratch[end++] = (rest % 128) + 128
  scratch[end++] = rest
}

/** Digits as one number: E.164 has 15 at the most and no leading zero. Anything else as its text after a 0. */
function writePhone(phone: string): void {
  const number = numberOf(phone)
  writeCount(number)
  if (number === 0) writeText(phone)
}

/** 0 for what is not `+` and 2 to 15 digits, the first of them no zero. */
function numberOf(phone: string): number {
  if (phone.length < 3 || phone.length > 16 || phone.charCodeAt(0) !== PLUS || phone.charCodeAt(1) === DIGIT_ZERO) return 0
  let number = 0
  for (let index = 1; index < phone.length; index++) {
    const digit = phone.charCodeAt(index) - DIGIT_ZERO
    if (digit < 0 || digit > 9) return 0
    number = number * 10 + digit
  }
  return number
}

function shapeOf(degrees: number | undefined): number {
  if (degrees === undefined) return ABSENT
  // To 32 bits as it is written: -0 and what is out of range do not come back equal.
  return Object.is((Math.round(degrees * 1e6) | 0) / 1e6, degrees) ? MILLIONTHS : DOUBLE
}

function writeCoordinate(degrees: number | undefined, shape: number): void {
  if (shape === MILLIONTHS) end = scratch.writeInt32LE(Math.round(degrees! * 1e6), end)
  if (shape === DOUBLE) end = scratch.writeDoubleLE(degrees!, end)
}

/** Null for bytes of an encoding that this version does not know: as good as not there. */
export function decodeRecord(packedKey: Uint8Array, record: Buffer): CachedAccount | null {
  if (record[0] !== ENCODING) return null
  const bytes = new RecordReader(record)
  const facts = record[1]!
  bytes.at = 2 + facts * FACT_BYTES
  const version = bytes.text(bytes.byte())
  const asOf = new Date(bytes.count()).toISOString()
  return { version, asOf, account: facts === 0 ? null : readAccount(bytes, packedKey) }
}

/** The facts of a record of any encoding, 6 bytes each. */
export function factsIn(record: Buffer): Buffer[] {
  return Array.from({ length: record[1]! }, (_, index) => record.subarray(2 + index * FACT_BYTES, 2 + (index + 1) * FACT_BYTES))
}

/** The version of a record of any encoding. */
export function versionIn(record: Buffer): string {
  const at = 2 + record[1]! * FACT_BYTES
  return record.toString('utf8', at + 1, at + 1 + record[at]!)
}

function readAccount(bytes: RecordReader, packedKey: Uint8Array): Account {
  const flags = bytes.byte()
  const has = (flag: number): boolean => (flags & flag) !== 0
  const shapes = bytes.byte()
  const latitude = bytes.coordinate(shapes & 3)
  const longitude = bytes.coordinate(shapes >> 2)
  const phones = Array.from({ length: bytes.count() }, () => bytes.phone())
  const accountNumber = has(HAS_OWN_NUMBER) ? bytes.text() : unpackAccountKey(packedKey)
  const [servicePoint, meterNumber, circuit, transformer] = [bytes.text(), bytes.text(), bytes.text(), bytes.text()]
  // Written from an account that the schema had let through.
  const language = bytes.text() as Account['language']
  const [name, line1, city, postalCode] = [bytes.text(), bytes.text(), bytes.text(), bytes.text()]
  const email = has(HAS_EMAIL) ? { email: bytes.text() } : {}
  const line2 = has(HAS_LINE2) ? { line2: bytes.text() } : {}
  const state = has(HAS_STATE) ? { state: bytes.text() } : {}
  const dates = has(HAS_DATES) ? datesFrom(bytes) : {}
  return {
    accountNumber, servicePoint, meterNumber, circuit, transformer, language, ...dates,
    personal: {
      name, phones, ...email, address: { line1, ...line2, city, ...state, postalCode },
      ...(latitude === undefined ? {} : { latitude }), ...(longitude === undefined ? {} : { longitude }), medicalEquipment: has(MEDICAL_EQUIPMENT),
    },
  }
}

function datesFrom(bytes: RecordReader): Pick<Account, 'movedInOn' | 'movedOutOn' | 'meterSince'> {
  const told = (['movedInOn', 'movedOutOn', 'meterSince'] as const).map((name) => [name, bytes.text()] as const)
  return Object.fromEntries(told.filter(([, date]) => date !== ''))
}

class RecordReader {
  at = 0
  readonly #record: Buffer

  constructor(record: Buffer) {
    this.#record = record
  }

  byte(): number {
    return this.#record[this.at++]!
  }

  count(): number {
    let count = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#record.readUInt8(this.at++)
      count += (byte % 128) * factor
      if (byte < 128) return count
    }
  }

  text(length = this.count()): string {
    this.at += length
    return this.#record.toString('utf8', this.at - length, this.at)
  }

  phone(): string {
    const digits = this.count()
    return digits === 0 ? this.text() : `+${digits}`
  }

  coordinate(shape: number): number | undefined {
    if (shape === ABSENT) return undefined
    this.at += shape === MILLIONTHS ? 4 : 8
    return shape === MILLIONTHS ? this.#record.readInt32LE(this.at - 4) / 1e6 : this.#record.readDoubleLE(this.at - 8)
  }
}
