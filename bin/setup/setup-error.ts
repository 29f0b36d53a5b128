/** Something the person at the keyboard can mend; the message says what and how, without a stack. */
export class SetupError extends Error {
  override name = 'SetupError'
}

/** Runs a command's body: a SetupError becomes its message on stderr and exit code 1. */
export async function runCommand(body: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await body()) ?? 0
  } catch (error) {
    const expected = error instanceof Error && ['SetupError', 'EnvironmentError', 'MigrationError'].includes(error.name)
    console.error(expected ? `\n${error.message}` : error)
    process.exitCode = 1
  }
}
