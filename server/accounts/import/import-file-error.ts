/** The file as a whole cannot be read; nothing of it was loaded. The message tells a person what to do. */
export class ImportFileError extends Error {
  override name = 'ImportFileError'
}
