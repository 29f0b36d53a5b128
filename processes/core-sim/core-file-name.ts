import { join } from 'node:path'

/** Where the stand-in keeps its store, within the data folder. */
export const coreFileName = join('core-sim', 'core.sqlite')
