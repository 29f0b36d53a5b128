import areaLevel from './area-level.module.css'

/** The class names that Next gave to the style sheets of what this page's own script takes over, by file: it is bundled apart and must use the same. */
export const classNames: Record<string, Record<string, string>> = {
  'area-level.module.css': areaLevel,
}
