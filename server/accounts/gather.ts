interface Batch<Q, A> {
  questions: Q[]
  answers: PromiseWithResolvers<A[]>
}

/**
 * Asks many questions of one moment at once: those that one turn of the event loop brings for one client go together, `most` at a
 * time. What fails because of one question (a RangeError: bytes that cannot be read) is asked again one by one.
 */
export function gather<C extends object, Q, A>(most: number, askAll: (client: C, questions: readonly Q[]) => Promise<A[]>): (client: C, question: Q) => Promise<A> {
  const open = new WeakMap<C, Batch<Q, A>>()

  const send = (client: C, { questions, answers }: Batch<Q, A>) => {
    open.delete(client)
    askAll(client, questions).then(answers.resolve, answers.reject)
  }
  return async (client, question) => {
    let batch = open.get(client)
    if (!batch) {
      const begun: Batch<Q, A> = { questions: [], answers: Promise.withResolvers() }
      batch = begun
      open.set(client, begun)
      setImmediate(() => {
        if (open.get(client) === begun) send(client, begun)
      })
    }
    const place = batch.questions.push(question) - 1
    if (batch.questions.length === most) send(client, batch)
    try {
      return (await batch.answers.promise)[place]!
    } catch (error) {
      if (!(error instanceof RangeError) || batch.questions.length === 1) throw error
      return (await askAll(client, [question]))[0]!
    }
  }
}
