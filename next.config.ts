import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NextConfig } from 'next'
import { globalFaultWords } from './app/_shell/fault-words.ts'
import { brandStyleSheet } from './domain/brand-style-sheet.ts'
import { securityHeaders } from './server/platform/security-headers.ts'
import { utility } from './utility.config.ts'

const projectDir = import.meta.dirname
const publicUrl = process.env['PUBLIC_URL'] ?? 'http://localhost:3000'

writeBrand()

const config: NextConfig = {
  // What several web processes must share: the build's id here, the action key in NEXT_SERVER_ACTIONS_ENCRYPTION_KEY.
  deploymentId: process.env['NEXT_DEPLOYMENT_ID'],
  // Pages are either fixed at build or dynamic, so no process ever has a cached page that another one lacks.
  cacheMaxMemorySize: 0,
  experimental: {
    globalNotFound: true,
    // forbidden(): a page that says 403.
    authInterrupts: true,
    // Errors are logged by the name of their class.
    serverMinification: false,
    serverActions: { allowedOrigins: [new URL(publicUrl).host], bodySizeLimit: '64kb' },
  },
  env: { GLOBAL_FAULT_WORDS: JSON.stringify(globalFaultWords()) },
  poweredByHeader: false,
  productionBrowserSourceMaps: false,
  reactStrictMode: true,
  typedRoutes: false,
  // The checks are steps of their own in `npm test`.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['@prisma/client', '@prisma/adapter-pg', 'pg', 'ioredis', 'pino', 'prom-client', 'better-auth', '@better-auth/core', '@better-auth/passkey', 'nodemailer', '@platformatic/kafka'],
  turbopack: { root: projectDir },
  headers: () => Promise.resolve([{ source: '/:path*', headers: Object.entries(securityHeaders(publicUrl)).map(([key, value]) => ({ key, value })) }]),
}

export default config

/** The utility's colours as a style sheet: the policy for styles allows files alone, so they cannot stand in the page. */
function writeBrand(): void {
  mkdirSync(join(projectDir, '.build'), { recursive: true })
  writeFileSync(join(projectDir, '.build', 'brand.css'), brandStyleSheet(utility.brand))
}
