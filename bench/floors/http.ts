/** Floor `http`: bare node:http that reads and parses the JSON body and answers 201. Keeps nothing. */
import { readJson } from './read-json.ts'
import { serveFloor } from './serve-floor.ts'

serveFloor((request, response) => {
  readJson(
    request,
    ({ id }) => response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ id })),
    () => response.writeHead(400).end(),
  )
})
