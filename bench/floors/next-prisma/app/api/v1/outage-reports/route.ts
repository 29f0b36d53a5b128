import { PrismaPg } from '@prisma/adapter-pg'
import { outageReportV1Schema } from '../../../../../../../domain/outage-report.ts'
import { PrismaClient } from '../../../../.build/prisma-client/client.ts'

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env['DATABASE_URL'] }) })

/** Floor `next+prisma`: the portal's schema and one row by Prisma's `create`, answered when Postgres has committed. */
export async function POST(request: Request): Promise<Response> {
  const parsed = outageReportV1Schema.safeParse(await request.json())
  if (!parsed.success) return Response.json({ errors: parsed.error.issues }, { status: 422 })
  const { id, ...body } = parsed.data
  await prisma.report.create({ data: { id, savedAt: new Date(body.savedAt), body } })
  return Response.json({ id }, { status: 201 })
}
