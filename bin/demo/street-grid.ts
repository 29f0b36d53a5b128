import type { Utility } from '../../domain/utility.ts'
import { seededRandom } from './seeded-random.ts'

const list = (names: string) => names.trim().split(/\s+/)

const STREETS = list(`
  Alder Amber Apple Ash Aspen Bay Beacon Birch Bluff Bridge Brook Canyon Cedar Cherry Chestnut Clover Coral Cypress
  Dogwood Dune Elm Fern Fir Forest Garden Grove Harbor Hawthorn Hazel Heron Hickory Juniper Lake Larch Laurel Lighthouse
  Lilac Linden Magnolia Maple Meadow Mill Mulberry Oak Olive Orchard Osprey Pine Plum Poplar Quarry Redwood Ridge
  Sequoia Spruce Willow`)
const SUFFIXES = ['Street', 'Avenue', 'Lane', 'Drive', 'Road', 'Way', 'Court', 'Boulevard']
const DIRECTIONS = ['', 'North ', 'South ', 'Old ', 'New ']
const CITIES = ['Harbor Valley', 'Alder Creek', 'Mission Flats', 'Pinecrest', 'Laguna Oaks', 'Eastmoor', 'Vista Serena', 'Millbrook']
const FIRST_POSTAL_CODE = 95_401
const POSTAL_CODES = 98

const STREETS_PER_CIRCUIT = 6
const BLOCKS_PER_STREET = 7
const TRANSFORMERS_PER_CIRCUIT = STREETS_PER_CIRCUIT * BLOCKS_PER_STREET
const LEAST_HOMES = 8
const MOST_HOMES = 15
/** Two transformers together serve this many, so that every circuit has the same number of homes. */
const HOMES_PER_PAIR = LEAST_HOMES + MOST_HOMES
const HOMES_PER_CIRCUIT = (TRANSFORMERS_PER_CIRCUIT / 2) * HOMES_PER_PAIR
const APARTMENT_SHARE = 0.12
const APARTMENTS_PER_HOUSE = 8

const BLOCK_METERS = 110
const STREET_METERS = 120
const SETBACK_METERS = 14
const METERS_PER_DEGREE = 111_320

export interface Premise {
  line1: string
  line2?: string
  city: string
  postalCode: string
  circuit: string
  transformer: string
  /** WGS84, six decimals. */
  latitude: number
  longitude: number
}

/**
 * A made-up town inside the service area: streets from west to east, house numbers counted along them, one transformer
 * per block, one circuit per district, one substation and postal code per four districts. Denser when there are more homes.
 * @returns the premise of a home by its number, 0 to count - 1, in constant time
 */
export function streetGrid(area: Utility['serviceArea'], count: number, seed: number): (home: number) => Premise {
  const circuits = Math.max(1, Math.ceil(count / HOMES_PER_CIRCUIT))
  const middle = { latitude: (area.south + area.north) / 2, longitude: (area.west + area.east) / 2 }
  const degreeMeters = { latitude: METERS_PER_DEGREE, longitude: METERS_PER_DEGREE * Math.cos((middle.latitude * Math.PI) / 180) }
  const size = { x: (area.east - area.west) * degreeMeters.longitude, y: (area.north - area.south) * degreeMeters.latitude }
  const columns = Math.max(1, Math.min(circuits, Math.ceil(Math.sqrt((circuits * size.x) / size.y))))
  const rows = Math.ceil(circuits / columns)
  const scale = {
    x: Math.min(1, (size.x * 0.96) / (columns * BLOCKS_PER_STREET * BLOCK_METERS)),
    y: Math.min(1, (size.y * 0.96) / (rows * STREETS_PER_CIRCUIT * STREET_METERS)),
  }
  const block = { x: BLOCK_METERS * scale.x, y: STREET_METERS * scale.y }
  const town = { x: columns * BLOCKS_PER_STREET * block.x, y: rows * STREETS_PER_CIRCUIT * block.y }

  return (home) => {
    const circuit = Math.floor(home / HOMES_PER_CIRCUIT)
    const { transformer, index } = transformerOf(home % HOMES_PER_CIRCUIT, seed, circuit)
    const column = circuit % columns
    const row = Math.floor(circuit / columns)
    const street = row * STREETS_PER_CIRCUIT + Math.floor(transformer / BLOCKS_PER_STREET)
    const blockAlong = column * BLOCKS_PER_STREET + (transformer % BLOCKS_PER_STREET)
    const flats = seededRandom(seed, 1, circuit, transformer)() < APARTMENT_SHARE
    const house = flats ? Math.floor(index / APARTMENTS_PER_HOUSE) : index
    const number = (blockAlong + 1) * 100 + house + 1
    const x = (blockAlong + (Math.floor(house / 2) + 0.5) / Math.ceil(MOST_HOMES / 2)) * block.x - town.x / 2
    const side = number % 2 === 0 ? -1 : 1
    const y = (street + 0.5) * block.y + side * SETBACK_METERS * scale.y - town.y / 2
    const substation = Math.floor(row / 2) * Math.ceil(columns / 2) + Math.floor(column / 2)
    const circuitName = `HV${String(substation + 1).padStart(2, '0')}-${(row % 2) * 2 + (column % 2) + 1}`
    return {
      line1: `${number} ${streetName(street)}`,
      ...(flats ? { line2: `Apt ${(index % APARTMENTS_PER_HOUSE) + 1}` } : {}),
      city: CITIES[substation % CITIES.length]!,
      postalCode: String(FIRST_POSTAL_CODE + (substation % POSTAL_CODES)),
      circuit: circuitName,
      transformer: `${circuitName}-T${String(transformer + 1).padStart(2, '0')}`,
      latitude: degrees(middle.latitude + y / degreeMeters.latitude),
      longitude: degrees(middle.longitude + x / degreeMeters.longitude),
    }
  }
}

/** Which transformer of its circuit a home hangs on, and the home's place among the transformer's. */
function transformerOf(homeInCircuit: number, seed: number, circuit: number): { transformer: number; index: number } {
  const pair = Math.floor(homeInCircuit / HOMES_PER_PAIR)
  const inPair = homeInCircuit % HOMES_PER_PAIR
  const first = LEAST_HOMES + Math.floor(seededRandom(seed, 2, circuit, pair)() * (MOST_HOMES - LEAST_HOMES + 1))
  return inPair < first
    ? { transformer: pair * 2, index: inPair }
    : { transformer: pair * 2 + 1, index: inPair - first }
}

/** Each street of the town has its own name: 56 times 8 times 5 of them. */
function streetName(street: number): string {
  const round = Math.floor(street / STREETS.length)
  const suffix = SUFFIXES[(round + street) % SUFFIXES.length]!
  const direction = DIRECTIONS[Math.floor(round / SUFFIXES.length) % DIRECTIONS.length]!
  return `${direction}${STREETS[street % STREETS.length]} ${suffix}`
}

function degrees(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
