import { defineUtility } from './domain/utility.ts'

export const utility = defineUtility({
  name: 'Harbor Valley Light & Power',
  shortName: 'Harbor Power',
  timeZone: 'America/Los_Angeles',
  currency: 'USD',
  locales: ['en', 'es'],
  defaultCountry: 'US',
  brand: {
    accent: { light: '#0b5a6b', dark: '#7fd1e0' },
    onAccent: { light: '#ffffff', dark: '#06262d' },
  },
  emergency: { label: 'Emergency services', dial: '911', shown: '911' },
  gasEmergency: { label: 'Gas emergency', dial: '+15555550142', shown: '(555) 555-0142' },
  outageLine: { label: 'Outage line', dial: '+15555550100', shown: '(555) 555-0100' },
  serviceArea: { south: 38.38, west: -122.82, north: 38.52, east: -122.6 },
  outages: {
    nearbyWindowMinutes: 180, nearbyMinimumReports: 3, elevatedReports: 10, stormReports: 100,
    expectedStormReports: 500_000, stormReportsPerSecond: 5_000,
  },
  coreSystem: {
    fullLoad: '0 3 * * 0', changesEverySeconds: 60, rowsPerPage: 1_000, requestsPerSecond: 20, deliveriesPerSecond: 50, deliveriesAtOnce: 16,
    mostMissing: 0.02, mostChangedInOneColumn: 0.05, mostRejected: 0.01,
  },
})
