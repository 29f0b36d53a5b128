import { z } from 'zod'

/** RFC 9457 problem details, as `/api/v1` answers every refusal. */
export const problemSchema = z.object({
  type: z.string().describe('Stable identifier: urn:stormdoor:problem:<code>'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z
    .array(
      z.object({
        field: z.string().describe('JSON Pointer into the body, or a header name'),
        rule: z.string(),
        fix: z.string(),
      }),
    )
    .optional(),
  traceId: z.string().optional(),
  retryAfterSeconds: z.number().optional(),
})
export type Problem = z.infer<typeof problemSchema>
export type FieldProblem = NonNullable<Problem['errors']>[number]
