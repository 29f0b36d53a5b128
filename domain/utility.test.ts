import { expect, it } from 'vitest'
import { utility } from '../utility.config.ts'
import { defineUtility } from './utility.ts'

it('refuses a storm that begins before many outages do, and names the field', () => {
  const outages = { ...utility.outages, elevatedReports: 10, stormReports: 10 }
  expect(() => defineUtility({ ...utility, outages })).toThrow('outages.stormReports')
  expect(defineUtility({ ...utility, outages: { ...outages, stormReports: 11 } }).outages.stormReports).toBe(11)
})
