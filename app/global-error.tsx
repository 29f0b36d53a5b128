'use client'
import './global.css'
import { type Fault, FaultMessage } from './_shell/fault-notice.tsx'
import type { GlobalFaultWords } from './_shell/fault-words.ts'
import { PhoneLines } from './_shell/phone-lines.tsx'
import { hyperlegible } from './_shell/typeface.ts'
import frame from './_shell/frame.module.css'
import notice from './_shell/notice.module.css'

/** Put in by the build: this page cannot ask for words, and every page carries it, so it may not carry the catalogues. */
const WORDS = JSON.parse(process.env.GLOBAL_FAULT_WORDS!) as GlobalFaultWords[]

/** Stands in for a document whose own layout failed, so it knows no language: it speaks every one of the utility. */
export default function GlobalFault(fault: Fault) {
  return (
    <html lang={WORDS[0]!.locale} className={hyperlegible.variable}>
      <body>
        <title>{WORDS[0]!.title}</title>
        <main id="content" className={frame.main}>
          <div className={notice.bilingual}>
            {WORDS.map((words) => (
              <div key={words.locale} lang={words.locale}>
                <FaultMessage words={words} {...fault} />
                <PhoneLines label={words.phones} lines={words.lines} />
              </div>
            ))}
          </div>
        </main>
      </body>
    </html>
  )
}
