import type { Utility } from './utility.ts'

/** The utility's colours as custom properties, light and dark. */
export function brandStyleSheet(brand: Utility['brand']): string {
  const scheme = (name: 'light' | 'dark') =>
    `:root {\n  --brand-accent: ${brand.accent[name]};\n  --brand-on-accent: ${brand.onAccent[name]};\n}\n`
  return `${scheme('light')}@media (prefers-color-scheme: dark) {\n${scheme('dark')}}\n`
}
