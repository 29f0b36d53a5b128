import { beginWalk, statusOf } from './support/authorization/begin-walk.ts'
import { callAction, serverActions } from './support/authorization/call-action.ts'
import { CookieJar } from './support/authorization/cookie-jar.ts'
import { builtPaths, doorRoutes, pagesAndRoutes } from './support/authorization/entrances.ts'
import { makeWalkingCustomers, signInAsCustomer, signInAsStaff, VISITORS } from './support/authorization/visitors.ts'
import { walkActions, walkEntrances } from './support/authorization/walk-entrances.ts'
import { whatIsKept } from './support/authorization/what-is-kept.ts'
import { ACTS } from './support/authorization/who-may-act.ts'
import { ENTRANCES } from './support/authorization/who-may.ts'
import { expect, test } from './support/test.ts'

const CUSTOMER_SESSION = 'stormdoor-customer.session_token'
const STAFF_SESSION = 'stormdoor-staff.session_token'

test.describe('who may what @identity', () => {
  test('every page, route and server action stands in the table, and nothing else does', async () => {
    const listed = Object.keys(ENTRANCES).sort()
    // A stream of a page's route has a route in the door as well.
    expect(listed).toEqual([...new Set([...pagesAndRoutes(), ...(await doorRoutes())])].sort())
    expect(builtPaths().filter((path) => !listed.some((entrance) => entrance.endsWith(` ${path}`))), 'served by the build').toEqual([])
    expect(Object.keys(ACTS).sort()).toEqual([...serverActions().keys()].sort())
  })

  test('each opens to those who may, tells others nothing and changes nothing for them', async ({ portal }) => {
    test.setTimeout(300_000)
    const walk = await beginWalk(portal)
    const before = await whatIsKept(portal)
    expect.soft(await walkEntrances(portal, walk)).toEqual([])
    expect.soft(await walkActions(portal, walk, 'refused')).toEqual([])
    expect.soft(await whatIsKept(portal), 'what is kept, after all that was refused').toEqual(before)
    expect.soft(await walkActions(portal, walk, 'allowed')).toEqual([])
    expect.soft(await walkActions(portal, walk, 'leaving')).toEqual([])
    for (const visitor of VISITORS) {
      expect(await statusOf(portal, walk.jars[visitor], '/desk'), `the desk after ${visitor} signed out`).toBe(307)
      expect(await statusOf(portal, walk.jars[visitor], '/api/v1/me'), `what is theirs after ${visitor} signed out`).toBe(401)
    }
  })

  test('what another site sends changes nothing, and a session begins under a name that nobody has planted', async ({ portal }) => {
    const actions = serverActions()
    const [customer] = await makeWalkingCustomers(portal)
    const planted = new CookieJar()
    for (const name of [CUSTOMER_SESSION, STAFF_SESSION]) planted.set(name, 'planted')
    const jar = await signInAsCustomer(portal, actions, customer, planted.copy())
    expect(jar.get(CUSTOMER_SESSION)).toMatch(/^(?!planted$).{20,}$/)
    expect((await signInAsStaff(portal, actions, 'dispatcher', planted.copy())).get(STAFF_SESSION)).toMatch(/^(?!planted$).{20,}$/)
    const again = await signInAsCustomer(portal, actions, customer, jar.copy())
    expect(again.get(CUSTOMER_SESSION)).not.toBe(jar.get(CUSTOMER_SESSION))

    const before = await whatIsKept(portal)
    for (const origin of ['https://evil.example', 'null', `${portal.url}.evil.example`]) {
      const forged = await callAction(portal, again.copy(), actions.get('app/account/security/actions.ts#leaveEverywhere')!, [{ answer: 0, typed: {}, wrong: null }, { form: {} }], { origin })
      expect(forged.response.status, `an action from ${origin}`).toBeGreaterThanOrEqual(400)
      for (const [method, path] of [['PUT', '/api/v1/me/profile'], ['POST', '/api/v1/me/erasure']] as const) {
        const { status } = await fetch(portal.url + path, { method, headers: { 'content-type': 'application/json', origin, ...again.header() }, body: '{}' })
        expect(status, `${method} ${path} from ${origin}`).toBe(403)
      }
    }
    expect(await whatIsKept(portal)).toEqual(before)
    expect(await statusOf(portal, again, '/api/v1/me/premises')).toBe(200)
  })
})
