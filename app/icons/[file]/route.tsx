import { ImageResponse } from 'next/og'
import { utility } from '../../../utility.config.ts'
import { type IconShape, iconSvg } from './icon-svg.ts'

export const dynamic = 'force-static'
export const dynamicParams = false

const DRAWING = 'icon.svg'
/** Sides in pixels. Phones cut the corners of a home screen's icon themselves. */
const PICTURES: Record<string, { side: number; shape: IconShape }> = {
  '96.png': { side: 96, shape: 'square' },
  '180.png': { side: 180, shape: 'square' },
  '192.png': { side: 192, shape: 'square' },
  '512.png': { side: 512, shape: 'square' },
  'maskable-192.png': { side: 192, shape: 'maskable' },
  'maskable-512.png': { side: 512, shape: 'maskable' },
}

export function generateStaticParams(): { file: string }[] {
  return [DRAWING, ...Object.keys(PICTURES)].map((file) => ({ file }))
}

/** Drawn at build in the utility's colours; from then on a file that the door serves by itself. */
export async function GET(_request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  if (file === DRAWING) return new Response(iconSvg(utility.brand, 'round'), { headers: { 'content-type': 'image/svg+xml' } })
  const { side, shape } = PICTURES[file]!
  const source = `data:image/svg+xml;base64,${Buffer.from(iconSvg(utility.brand, shape)).toString('base64')}`
  return new ImageResponse(<img alt="" width={side} height={side} src={source} />, { width: side, height: side })
}
