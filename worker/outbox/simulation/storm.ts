import type { Device } from './device.ts'
import type { Phone } from './phone.ts'
import { DISK_MOODS } from './simulated-disk.ts'
import { DOOR_MOODS } from './simulated-door.ts'
import type { SimulatedPage } from './simulated-page.ts'
import { WEATHERS } from './simulated-network.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Whoever shares the phone. */
const LOGINS = ['login-1', 'login-2'] as const

/** What may come from outside at any step, with how often. */
const EVENTS = {
  'type': 10,
  'save': 12,
  'follow up': 6,
  'try now': 4,
  'retry': 3,
  'open': 8,
  'close': 4,
  'kill worker': 3,
  'freeze': 3,
  'thaw': 5,
  'weather': 9,
  'door': 7,
  'disk': 4,
  'online': 3,
  'navigate': 2,
  'sync': 4,
  'sleep': 1.5,
  'clock': 0.7,
  'clear': 0.5,
  'rotate keys': 0.7,
  'publish keys': 2,
  'sign in': 3,
  'sign out': 1.5,
}

/** One thing that a person, the browser, the device or the world behind it does. */
export function strike(phone: Phone): void {
  const { device } = phone
  const { random } = device
  const page = aPage(phone)
  const event = random.weighted(EVENTS)
  device.trace.add(`storm: ${event}`)
  switch (event) {
    case 'type': return phone.isFull() ? undefined : page?.type()
    case 'save': return page?.save()
    case 'follow up': return page?.followUp()
    case 'try now': return page?.tryNow()
    case 'retry': return page?.retry()
    case 'open': return void phone.openPage()
    case 'close': return phone.pages.length > 0 ? phone.close(random.pick(phone.pages)) : undefined
    case 'kill worker': return phone.worker ? phone.close(phone.worker) : undefined
    case 'freeze': return phone.pages.length > 0 ? device.freeze(random.pick(phone.pages).context) : undefined
    case 'thaw': return thaw(phone)
    case 'weather': return changeWeather(phone)
    case 'door': return void (device.door.mood = random.weighted(DOOR_MOODS))
    case 'disk': return device.hasSoundDisk ? undefined : void (device.disk.mood = random.weighted(DISK_MOODS))
    case 'online': return phone.online()
    case 'navigate': return phone.startWorker().wake('timer')
    case 'sync': return phone.sync()
    case 'sleep': return sleep(device)
    case 'clock': return device.setClock(random.between(-2 * DAY_MS, 2 * DAY_MS))
    case 'clear': return device.hasSoundDisk ? undefined : clear(phone)
    case 'rotate keys': return device.door.rotateKey()
    case 'publish keys': return device.door.publishKeys()
    case 'sign in': return phone.signIn(random.pick(LOGINS))
    case 'sign out': return phone.signIn(null)
  }
}

/** The storm is over: the network is there, the door is open, the disk works, and a person looks at the page. */
export function calm(phone: Phone): void {
  const { device } = phone
  device.trace.add('calm')
  device.network.weather = 'good'
  device.door.mood = 'open'
  device.door.publishKeys()
  device.disk.mood = 'works'
  // A frozen tab stays as it is: nobody may have to wait for it.
  const awake = phone.pages.find(({ context }) => !context.frozen)
  if (!awake && phone.pages.length > 0) phone.close(phone.pages[0]!)
  const page = awake ?? phone.openPage()
  page?.retry()
  phone.online()
}

/** A page in front of the person. */
export function aPage(phone: Phone): SimulatedPage | undefined {
  const awake = phone.pages.filter(({ context }) => !context.frozen)
  return awake.length > 0 ? phone.device.random.pick(awake) : undefined
}

function thaw(phone: Phone): void {
  const frozen = phone.pages.filter(({ context }) => context.frozen)
  if (frozen.length === 0) return
  const page = phone.device.random.pick(frozen)
  phone.device.thaw(page.context)
  page.wake('return')
}

function changeWeather(phone: Phone): void {
  const { network, random } = phone.device
  const former = network.weather
  network.weather = random.weighted(WEATHERS)
  if (former === 'offline' && network.weather !== 'offline') phone.online()
}

/** Site data is cleared, by the browser or by a person. */
function clear({ device, pages }: Phone): void {
  device.witness.clearing((id) => pages.filter(({ known }) => known.some((record) => record.id === id)).map(({ context }) => context))
  device.disk.clear()
}

function sleep(device: Device): void {
  const { random } = device
  const durationMs = random.chance(0.05) ? 40 * DAY_MS : random.chance(0.2) ? 8 * DAY_MS : random.between(1, 600) * MINUTE_MS
  device.sleep(durationMs)
}
