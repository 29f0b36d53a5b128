import { ImageResponse } from 'next/og'
import { utility } from '../../../utility.config.ts'
import { iconSvg } from './icon-svg.ts'

export const dynamic = 'force-static'
export const dynamicParams = false

const DRAWING = 'icon.svg'
/** Sides in pixels. Phones cut the corners of a home screen's icon themselves. */
const PICTURES: Record<string, number> = { '180.png': 180, '192.png': 192, '512.png': 512 }

export function generateStaticParams(): { file: string }[] {
  return [DRAWING, ...Object.keys(PICTURES)].map((file) => ({ file }))
}

/** Drawn at build in the utility's colours; from then on a file that the door serves by itself. */
export async function GET(_request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  if (file === DRAWING) return new Response(iconSvg(utility.brand, 'round'), { headers: { 'content-type': 'image/svg+xml' } })
  const side = PICTURES[file]!
  const source = `data:image/svg+xml;base64,${Buffer.from(iconSvg(utility.brand, 'square')).toString('base64')}`
  return new ImageResponse(<img alt="" width={side} height={side} src={source} />, { width: side, height: side })
}
