import { EnvironmentError, readEnvironment } from '../platform/environment.ts'

export interface MessageSettings {
  emailUrl: string
  smsUrl: string
  /** Sender of mail. */
  from: string
}

/** Where messages go. Throws EnvironmentError when one is missing, or is a file in production: it would reach nobody. */
export function readMessageSettings(source: Readonly<Record<string, string | undefined>> = process.env): MessageSettings {
  const names = ['MESSAGES_EMAIL_URL', 'MESSAGES_SMS_URL', 'MESSAGES_FROM'] as const
  const { STORMDOOR_ENV: mode, ...settings } = readEnvironment(['STORMDOOR_ENV', ...names], source)
  const files = names.filter((name) => settings[name].startsWith('file:'))
  if (mode === 'production' && files.length > 0) throw new EnvironmentError(`Stormdoor cannot start; in production messages must reach people, and a file reaches nobody: ${files.join(', ')}`)
  return { emailUrl: settings.MESSAGES_EMAIL_URL, smsUrl: settings.MESSAGES_SMS_URL, from: settings.MESSAGES_FROM }
}
