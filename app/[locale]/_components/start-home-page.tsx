import { hydratePage } from '../report/_components/hydrate-page.tsx'
import { AreaLevel } from './area-level.tsx'

hydratePage('area-level', AreaLevel)
